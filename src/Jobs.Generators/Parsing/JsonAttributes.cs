using System.Globalization;
using Jobs.Generators.Model;
using Microsoft.CodeAnalysis;

namespace Jobs.Generators.Parsing;

/// <summary>What the attributes of System.Text.Json say.</summary>
internal static class JsonAttributes
{
    private const string Namespace = "System.Text.Json.Serialization";
    private const string Constructor = "JsonConstructorAttribute";
    private const string Ignore = "JsonIgnoreAttribute";
    private const string PropertyName = "JsonPropertyNameAttribute";
    private const string Required = "JsonRequiredAttribute";

    /// <summary>Why a symbol's attributes cannot be honoured, or null.</summary>
    public static string? Explain(ISymbol symbol)
    {
        foreach (var attribute in symbol.GetAttributes())
        {
            if (attribute.AttributeClass is { } type && type.Inherits(Namespace, "JsonAttribute") && type.Name is not (Ignore or PropertyName or Required or Constructor))
            {
                const string Suffix = "Attribute";
                var name = type.Name.EndsWith(Suffix, StringComparison.Ordinal) ? type.Name.Substring(0, type.Name.Length - Suffix.Length) : type.Name;
                return $"[{name}] on it is not supported";
            }
        }

        return null;
    }

    public static bool IsChosen(IMethodSymbol constructor) => constructor.FindAttribute(Namespace, Constructor) is not null;

    /// <summary>True if the author says that a field stays behind.</summary>
    public static bool IsIgnored(IFieldSymbol field) => field.FindAttribute(Namespace, Ignore) is not null;

    public static bool IsRequired(IPropertySymbol property) => property.FindAttribute(Namespace, Required) is not null;

    public static string? FindName(IPropertySymbol property) =>
        property.FindAttribute(Namespace, PropertyName) is { ConstructorArguments: { Length: 1 } arguments } ? arguments[0].Value as string : null;

    /// <summary>The words by which JSON tells the derived types of a type apart, or that an enum may be written as; in no order of the source.</summary>
    public static EquatableArray<string> FindCases(ITypeSymbol type)
    {
        var cases = type.TypeKind == TypeKind.Enum
            ? type.GetMembers().OfType<IFieldSymbol>().Select(static f => f.Name)
            : type.GetAttributes()
                .Where(static a => a.AttributeClass?.Is(Namespace, "JsonDerivedTypeAttribute") == true && a.ConstructorArguments.Length == 2)
                .Select(static a => Convert.ToString(a.ConstructorArguments[1].Value, CultureInfo.InvariantCulture) ?? "");
        return cases.OrderBy(static c => c, StringComparer.Ordinal).ToEquatableArray();
    }

    /// <summary>One of <see cref="IgnoreCondition"/>.</summary>
    public static int FindIgnoreCondition(IPropertySymbol property)
    {
        if (property.FindAttribute(Namespace, Ignore) is not { } attribute)
        {
            return IgnoreCondition.Never;
        }

        foreach (var argument in attribute.NamedArguments)
        {
            if (argument is { Key: "Condition", Value.Value: int condition })
            {
                return condition;
            }
        }

        return IgnoreCondition.Always;
    }
}
