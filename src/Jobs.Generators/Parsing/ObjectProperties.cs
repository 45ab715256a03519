using Microsoft.CodeAnalysis;

namespace Jobs.Generators.Parsing;

/// <summary>Which properties of a type are part of its JSON.</summary>
internal static class ObjectProperties
{
    /// <summary>The public ones that can be read, inherited ones last, without those that a derived type hides.</summary>
    public static List<IPropertySymbol> Find(INamedTypeSymbol type)
    {
        var properties = new List<IPropertySymbol>();
        var names = new HashSet<string>(StringComparer.Ordinal);
        for (INamedTypeSymbol? current = type; current is { IsFrameworkType: false }; current = current.BaseType)
        {
            foreach (var member in current.GetMembers())
            {
                if (member is IPropertySymbol { IsStatic: false, IsIndexer: false, GetMethod.DeclaredAccessibility: Accessibility.Public } property && names.Add(property.Name))
                {
                    properties.Add(property);
                }
            }
        }

        return properties;
    }

    /// <summary>The public fields, which System.Text.Json leaves out.</summary>
    public static IEnumerable<IFieldSymbol> FindFields(INamedTypeSymbol type)
    {
        for (INamedTypeSymbol? current = type; current is { IsFrameworkType: false }; current = current.BaseType)
        {
            foreach (var field in current.GetMembers().OfType<IFieldSymbol>())
            {
                if (field is { IsStatic: false, IsConst: false, DeclaredAccessibility: Accessibility.Public })
                {
                    yield return field;
                }
            }
        }
    }

    /// <summary>True if a constructor's parameter stands for a property.</summary>
    public static bool Match(IParameterSymbol parameter, IPropertySymbol property) =>
        string.Equals(parameter.Name, property.Name, StringComparison.OrdinalIgnoreCase)
        && SymbolEqualityComparer.Default.Equals(parameter.Type, property.Type);

    /// <summary>True if a property that cannot be set from outside keeps a value of its own, rather than compute one.</summary>
    public static bool HoldsState(IPropertySymbol property) =>
        property.SetMethod is not null || FindField(property) is not null;

    private static IFieldSymbol? FindField(IPropertySymbol property) =>
        property.ContainingType.GetMembers().OfType<IFieldSymbol>().FirstOrDefault(field => SymbolEqualityComparer.Default.Equals(field.AssociatedSymbol, property));
}
