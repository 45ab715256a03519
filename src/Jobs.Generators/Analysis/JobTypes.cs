using Jobs.Generators.Parsing;
using Microsoft.CodeAnalysis;

namespace Jobs.Generators.Analysis;

/// <summary>Finds contracts and handlers in whole assemblies.</summary>
internal static class JobTypes
{
    private const string Abstractions = "Jobs.Abstractions";

    /// <summary>The contracts of an assembly that have jobs.</summary>
    public static IEnumerable<INamedTypeSymbol> FindContracts(IAssemblySymbol assembly, CancellationToken cancellationToken) =>
        All(assembly.GlobalNamespace, cancellationToken)
            .Where(static t => t.TypeKind == TypeKind.Interface
                && t.FindAttribute("JobContractAttribute") is not null
                && t.GetMembers().Any(static m => m.FindAttribute("JobAttribute") is not null));

    /// <summary>The contracts with a handler in a compilation or in what it references.</summary>
    public static HashSet<ISymbol> FindHandledContracts(Compilation compilation, CancellationToken cancellationToken)
    {
        // Whatever holds a handler was compiled against our attributes, so most assemblies need not be looked into.
        var assemblies = compilation.SourceModule.ReferencedAssemblySymbols
            .Where(static a => a.Modules.Any(static m => m.ReferencedAssemblies.Any(static r => r.Name == Abstractions)))
            .Append(compilation.Assembly);
        var contracts = assemblies
            .SelectMany(a => All(a.GlobalNamespace, cancellationToken))
            .Where(static t => t.FindAttribute("JobHandlerAttribute") is not null)
            .SelectMany(static t => t.AllInterfaces);
        return new HashSet<ISymbol>(contracts, SymbolEqualityComparer.Default);
    }

    private static IEnumerable<INamedTypeSymbol> All(INamespaceOrTypeSymbol symbol, CancellationToken cancellationToken)
    {
        cancellationToken.ThrowIfCancellationRequested();
        foreach (var member in symbol.GetMembers().OfType<INamespaceOrTypeSymbol>())
        {
            if (member is INamedTypeSymbol type)
            {
                yield return type;
            }

            foreach (var inner in All(member, cancellationToken))
            {
                yield return inner;
            }
        }
    }
}
