using Jobs.Generators.Analysis;
using Jobs.Generators.Emission;
using Jobs.Generators.Model;
using Microsoft.CodeAnalysis;

namespace Jobs.Generators.Parsing;

/// <summary>Turns a <c>[JobHandler]</c> class into a model. Total, as <see cref="JobParser"/>.</summary>
internal static class HandlerClassParser
{
    /// <summary>Parses one class.</summary>
    /// <returns>Null if it handles nothing; why goes to the sink.</returns>
    public static HandlerClassModel? Parse(INamedTypeSymbol type, Compilation compilation, IJobSink? sink, CancellationToken cancellationToken)
    {
        if (!type.IsReachable || type.IsGenericType)
        {
            sink?.Report(type.IsGenericType ? JobDiagnostics.GenericJob : JobDiagnostics.InaccessibleJob, type, type.ToDisplayString());
            return null;
        }

        var handlers = new List<ContractHandlerModel>();
        var hasJobs = false;
        foreach (var contract in type.AllInterfaces.Where(static i => i.FindAttribute("JobContractAttribute") is not null))
        {
            foreach (var method in contract.GetMembers().OfType<IMethodSymbol>())
            {
                cancellationToken.ThrowIfCancellationRequested();
                hasJobs |= method.FindAttribute("JobAttribute") is not null;
                if (ParseHandler(method, type, compilation, sink, cancellationToken) is { } handler)
                {
                    handlers.Add(handler);
                }
            }
        }

        if (!hasJobs)
        {
            sink?.Report(JobDiagnostics.UselessHandler, type, type.ToDisplayString());
        }

        if (handlers.Count == 0)
        {
            return null;
        }

        var @namespace = DeclaringTypeParser.NamespaceOf(type);
        var name = JobNames.Compose(type) + "GeneratedHandlers";
        return new HandlerClassModel(@namespace, name, handlers.ToEquatableArray(), HintName.Of(GeneratedFile.FullName(@namespace, name).Substring("global::".Length), isUnique: false));
    }

    private static ContractHandlerModel? ParseHandler(IMethodSymbol method, INamedTypeSymbol type, Compilation compilation, IJobSink? sink, CancellationToken cancellationToken)
    {
        // The contract is parsed as where it was compiled, so both agree on what exists and how it is called.
        if (JobParser.Parse(method, compilation, null, cancellationToken) is not { } parsed
            || SignatureParser.Parse(method, null) is not { } signature)
        {
            return null;
        }

        if (!Exists(method, parsed, compilation))
        {
            sink?.Report(JobDiagnostics.UngeneratedContract, type, type.ToDisplayString(), method.ToDisplayString(SymbolDisplayFormat.CSharpShortErrorMessageFormat));
            return null;
        }

        return new ContractHandlerModel(
            $"{parsed.Type.ClientFullName}.{Identifier.Escape(parsed.Job.ArgsName)}",
            JobNames.WithoutSuffix(parsed.Job.ArgsName, "Args"),
            JobParser.Location(type, method),
            CallParser.Parse(method, signature, parsed.Job.Payload, parsed.Job.Checkpoint, type, compilation));
    }

    /// <summary>True if the args are, or will be, generated.</summary>
    private static bool Exists(IMethodSymbol method, ParsedJob parsed, Compilation compilation) =>
        SymbolEqualityComparer.Default.Equals(method.ContainingAssembly, compilation.Assembly)
        || method.ContainingNamespace.GetTypeMembers(parsed.Type.ClientName, 0)
            .Any(c => SymbolEqualityComparer.Default.Equals(c.ContainingAssembly, method.ContainingAssembly) && c.GetTypeMembers(parsed.Job.ArgsName, 0).Length > 0);
}
