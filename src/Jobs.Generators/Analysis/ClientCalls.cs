using System.Collections.Immutable;
using Jobs.Generators.Model;
using Jobs.Generators.Parsing;
using Microsoft.CodeAnalysis;
using Microsoft.CodeAnalysis.Operations;

namespace Jobs.Generators.Analysis;

/// <summary>Recognises the calls that enqueue one certain job.</summary>
internal sealed class ClientCalls
{
    private readonly IMethodSymbol _job;
    private readonly string _client;
    private readonly string _args;
    private readonly ImmutableArray<ITypeSymbol> _payload;

    private ClientCalls(IMethodSymbol job, JobSignature signature)
    {
        _job = job;
        _client = JobNames.Client(job.ContainingType);
        _args = JobNames.Args(job);
        _payload = signature.BatchItem is { } item ? [item] : signature.Payload.Select(static p => p.Type).ToImmutableArray();
    }

    /// <summary>The calls of a job, which a method is, or handles for its contract; null if the method is no job.</summary>
    public static ClientCalls? Of(IMethodSymbol method)
    {
        var job = method.FindAttribute("JobAttribute") is not null ? method : FindContract(method);
        return job is not null && SignatureParser.Parse(job, null) is { } signature ? new ClientCalls(job, signature) : null;
    }

    public bool Contains(IInvocationOperation call) =>
        call.TargetMethod.ContainingType.IsOurs("IJobClient")
            ? call.TargetMethod.TypeArguments is [INamedTypeSymbol args, ..] && args.Name == _args && IsClient(args.ContainingType)
            : call.TargetMethod.Name == _job.Name && IsClient(call.TargetMethod.ContainingType) && Takes(call.TargetMethod.Parameters);

    private static IMethodSymbol? FindContract(IMethodSymbol method) =>
        method.ContainingType.FindAttribute("JobHandlerAttribute") is null ? null : method.ContainingType.AllInterfaces
            .SelectMany(static i => i.GetMembers().OfType<IMethodSymbol>())
            .FirstOrDefault(m => m.FindAttribute("JobAttribute") is not null
                && SymbolEqualityComparer.Default.Equals(method.ContainingType.FindImplementationForInterfaceMember(m), method));

    private bool IsClient(INamedTypeSymbol? type) =>
        type is not null && type.Name == _client && type.IsGeneratedHere
        && SymbolEqualityComparer.Default.Equals(type.ContainingNamespace, _job.ContainingNamespace);

    // Our own parameters, the options and the token, come last.
    private bool Takes(ImmutableArray<IParameterSymbol> parameters) =>
        parameters.Length == _payload.Length + 2
        && _payload.Select((type, i) => SymbolEqualityComparer.Default.Equals(type, parameters[i].Type)).All(static same => same);
}
