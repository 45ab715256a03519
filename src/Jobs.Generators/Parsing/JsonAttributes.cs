using Microsoft.CodeAnalysis;

namespace Jobs.Generators.Parsing;

/// <summary>What the attributes of System.Text.Json say.</summary>
internal static class JsonAttributes
{
    public const string Constructor = Namespace + "JsonConstructorAttribute";

    private const string Namespace = "System.Text.Json.Serialization.";
    private const string Root = Namespace + "JsonAttribute";
    private const string Ignore = Namespace + "JsonIgnoreAttribute";
    private const string PropertyName = Namespace + "JsonPropertyNameAttribute";
    private const string Required = Namespace + "JsonRequiredAttribute";

    // The numbers of JsonIgnoreCondition.
    private const int Always = 1;

    /// <summary>Why a symbol's attributes cannot be honoured, or null.</summary>
    public static string? Explain(ISymbol symbol)
    {
        foreach (var attribute in symbol.GetAttributes())
        {
            if (attribute.AttributeClass is { } type && IsJsonAttribute(type) && type.DottedName is not (Ignore or PropertyName or Required or Constructor))
            {
                const string Suffix = "Attribute";
                var name = type.Name.EndsWith(Suffix, StringComparison.Ordinal) ? type.Name.Substring(0, type.Name.Length - Suffix.Length) : type.Name;
                return $"[{name}] on it is not supported";
            }
        }

        return null;
    }

    public static bool IsRequired(IPropertySymbol property) => property.HasAttribute(Required);

    public static string? FindName(IPropertySymbol property) =>
        property.FindAttribute(PropertyName) is { ConstructorArguments: { Length: 1 } arguments } ? arguments[0].Value as string : null;

    /// <summary>The number of the <c>JsonIgnoreCondition</c>; 0 (never) without the attribute.</summary>
    public static int FindIgnoreCondition(IPropertySymbol property)
    {
        if (property.FindAttribute(Ignore) is not { } attribute)
        {
            return 0;
        }

        foreach (var argument in attribute.NamedArguments)
        {
            if (argument is { Key: "Condition", Value.Value: int condition })
            {
                return condition;
            }
        }

        return Always;
    }

    private static bool IsJsonAttribute(INamedTypeSymbol type)
    {
        for (INamedTypeSymbol? current = type; current is not null; current = current.BaseType)
        {
            if (current.DottedName == Root)
            {
                return true;
            }
        }

        return false;
    }
}
