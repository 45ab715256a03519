using Microsoft.CodeAnalysis;

namespace Jobs.Generators.Parsing;

/// <summary>Where types come from.</summary>
internal static class TypeOrigin
{
    extension(INamespaceOrTypeSymbol? symbol)
    {
        /// <summary>The dotted name without type arguments, such as <c>System.Collections.Generic.List</c>.</summary>
        public string DottedName => symbol switch
        {
            null or INamespaceSymbol { IsGlobalNamespace: true } => "",
            { ContainingType: { } outer } => outer.DottedName + "." + symbol.Name,
            { ContainingNamespace: { IsGlobalNamespace: false } outer } => outer.DottedName + "." + symbol.Name,
            _ => symbol.Name,
        };
    }

    extension(ITypeSymbol type)
    {
        /// <summary>True for what the framework itself brings.</summary>
        public bool IsFrameworkType
        {
            get
            {
                var name = type.ContainingNamespace.DottedName;
                return (name == "System" || name.StartsWith("System.", StringComparison.Ordinal)) && !type.Locations.Any(location => location.IsInSource);
            }
        }
    }
}
