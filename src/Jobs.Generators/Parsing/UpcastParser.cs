using Jobs.Generators.Analysis;
using Jobs.Generators.Emission;
using Jobs.Generators.Model;
using Microsoft.CodeAnalysis;

namespace Jobs.Generators.Parsing;

/// <summary>Finds the chain of upcasts that leads to the current version of a job. Total, as <see cref="JobParser"/>.</summary>
internal sealed class UpcastParser(IMethodSymbol job, int version, Compilation compilation, IJobSink? sink, CancellationToken cancellationToken)
{
    /// <summary>The methods of a type that are marked.</summary>
    public static IEnumerable<IMethodSymbol> FindAll(INamedTypeSymbol type) =>
        type.GetMembers().OfType<IMethodSymbol>().Where(static m => m.FindAttribute("JobUpcastAttribute") is not null);

    /// <summary>The jobs of its type that an upcast names: one, unless something is wrong.</summary>
    public static IEnumerable<IMethodSymbol> FindJobs(IMethodSymbol upcast) =>
        Attribute(upcast).Method is { } name
            ? upcast.ContainingType.GetMembers(name).OfType<IMethodSymbol>().Where(static m => m.FindAttribute("JobAttribute") is not null)
            : [];

    /// <summary>The version that an upcast takes.</summary>
    public static int FromVersion(IMethodSymbol upcast) => Attribute(upcast).From;

    /// <summary>Parses the chain.</summary>
    /// <returns>The usable steps without a gap, the oldest first; what is wrong with others goes to the sink.</returns>
    public EquatableArray<UpcastModel> Parse()
    {
        var steps = new Dictionary<int, IMethodSymbol>();
        foreach (var upcast in FindAll(job.ContainingType).Where(u => FindJobs(u).SequenceEqual([job], SymbolEqualityComparer.Default)))
        {
            var from = FromVersion(upcast);
            if (from < 1 || from >= version)
            {
                Report(upcast, $"'{job.Name}' is of version {Literal.Of(version)}, so an upcast takes one before that; raise Version, or correct the number");
            }
            else if (steps.TryGetValue(from, out var other))
            {
                Report(upcast, $"'{other.Name}' takes version {Literal.Of(from)} too; remove one of them");
            }
            else
            {
                steps.Add(from, upcast);
            }
        }

        return Chain(steps);
    }

    private EquatableArray<UpcastModel> Chain(Dictionary<int, IMethodSymbol> steps)
    {
        var chain = new List<UpcastModel>();
        string? next = null;
        for (var from = version - 1; steps.TryGetValue(from, out var upcast); from--)
        {
            steps.Remove(from);
            if (ParseStep(upcast, from, next) is not { } step)
            {
                return Reverse(chain);
            }

            chain.Add(step);
            next = step.Old.Type.Name;
        }

        foreach (var step in steps.OrderBy(static s => s.Key))
        {
            Report(step.Value, $"there is none from version {Literal.Of(step.Key + 1)}, so it leads nowhere; add [JobUpcast(nameof({job.Name}), {Literal.Of(step.Key + 1)})]");
        }

        return Reverse(chain);
    }

    private UpcastModel? ParseStep(IMethodSymbol upcast, int from, string? next)
    {
        cancellationToken.ThrowIfCancellationRequested();
        if (upcast is not { IsStatic: true, IsAbstract: false, IsVirtual: false, IsGenericMethod: false, MethodKind: MethodKind.Ordinary, Parameters: [{ RefKind: RefKind.None } parameter] })
        {
            return Fail(upcast, "write a static method with one parameter, the older arguments");
        }

        if (!upcast.IsReachable)
        {
            return Fail(upcast, "generated code cannot reach it; make it public or internal");
        }

        if (!Returns(upcast, next))
        {
            // Of a type that does not exist the compiler has told.
            return upcast.ReturnType.TypeKind == TypeKind.Error ? null : Fail(upcast, $"it must return {next?.Replace("global::", "") ?? ArgsName}, never null");
        }

        return ParsePayload(upcast, parameter) is { } old ? new UpcastModel(from, $"{TypeRef.Of(upcast.ContainingType).Name}.{Identifier.Escape(upcast.Name)}", old) : null;
    }

    private string ArgsName => $"{JobNames.Client(job.ContainingType)}.{JobNames.Args(job)}";

    private bool Returns(IMethodSymbol upcast, string? next) => upcast switch
    {
        { RefKind: not RefKind.None } => false,
        { ReturnType: var type } when next is not null => TypeRef.Of(type) is { IsNullable: false } name && name.Name == next,
        // The generator does not see the args, which are its own work; the analyzer does.
        { ReturnType: IErrorTypeSymbol type } => type.Name == JobNames.Args(job),
        { ReturnType: INamedTypeSymbol { ContainingType: { } client } type } =>
            type.Name == JobNames.Args(job) && client.Name == JobNames.Client(job.ContainingType) && client.IsGeneratedHere,
        _ => false,
    };

    private PayloadTypeModel? ParsePayload(IMethodSymbol upcast, IParameterSymbol parameter)
    {
        if (parameter.Type.TypeKind == TypeKind.Error)
        {
            return null;
        }

        var old = PayloadParser.ParseType(parameter.Type, upcast, compilation, problem => Report(upcast, problem), cancellationToken);
        if (old is { Value.Kind: ValueKind.Shape } && old.Shapes[old.Value.Shape] is ObjectShape)
        {
            return old;
        }

        if (old is not null)
        {
            Report(upcast, "the older arguments are of a type with members; declare a record");
        }

        return null;
    }

    private static (string? Method, int From) Attribute(IMethodSymbol upcast) =>
        upcast.FindAttribute("JobUpcastAttribute") is { ConstructorArguments: [{ Value: string method }, { Value: int from }] } ? (method, from) : (null, 0);

    private static EquatableArray<UpcastModel> Reverse(List<UpcastModel> chain) => chain.AsEnumerable().Reverse().ToEquatableArray();

    private UpcastModel? Fail(IMethodSymbol upcast, string reason)
    {
        Report(upcast, reason);
        return null;
    }

    // What an older payload carries cannot be changed any more, so only what cannot be read is worth a word.
    private void Report(IMethodSymbol upcast, PayloadProblem problem)
    {
        if (problem.Rule is null)
        {
            Report(upcast, $"'{problem.Path}' of type '{problem.Type}' cannot be serialized, for {problem.Reason}");
        }
    }

    private void Report(IMethodSymbol upcast, string reason) => sink?.Report(JobDiagnostics.InvalidUpcast, upcast, upcast.Name, reason);
}
