using Microsoft.CodeAnalysis;

namespace Jobs.Generators.Parsing;

/// <summary>Questions to symbols that read like prose. They compare names: a compilation may see a type in two references.</summary>
internal static class SymbolExtensions
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

    extension(ISymbol symbol)
    {
        public AttributeData? FindAttribute(string dottedName) =>
            symbol.GetAttributes().FirstOrDefault(attribute => attribute.AttributeClass.DottedName == dottedName);

        public bool HasAttribute(string dottedName) => symbol.FindAttribute(dottedName) is not null;
    }
}
