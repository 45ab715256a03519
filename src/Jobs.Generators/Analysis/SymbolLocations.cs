using Microsoft.CodeAnalysis;

namespace Jobs.Generators.Analysis;

internal static class SymbolLocations
{
    extension(Compilation compilation)
    {
        /// <summary>True if the assembly can hold jobs. A lookup by one name would find none where two references hold the type.</summary>
        public bool UsesJobs => !compilation.GetTypesByMetadataName("Jobs.JobAttribute").IsEmpty;

        /// <summary>Where a symbol is declared; null if that is in another assembly, whose source the compiler may hold too.</summary>
        public Location? FindLocation(ISymbol symbol) =>
            symbol.Locations.FirstOrDefault(l => l.SourceTree is { } tree && compilation.ContainsSyntaxTree(tree));
    }
}
