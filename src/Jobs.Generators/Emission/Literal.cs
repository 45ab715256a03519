using System.Globalization;
using Jobs.Generators.Model;
using Microsoft.CodeAnalysis;
using Microsoft.CodeAnalysis.CSharp;

namespace Jobs.Generators.Emission;

/// <summary>C# source of constants. The same in every culture.</summary>
internal static class Literal
{
    public static string Of(string? value) => value is null ? "null" : SymbolDisplay.FormatLiteral(value, quote: true);

    public static string Of(bool value) => value ? "true" : "false";

    public static string Of(int value) => value.ToString(CultureInfo.InvariantCulture);

    public static string Of(TimeSpan value) =>
        $"new global::System.TimeSpan({value.Ticks.ToString(CultureInfo.InvariantCulture)}L)";

    /// <summary>The default value of an optional parameter.</summary>
    public static string OfDefault(IParameterSymbol parameter) => Of(parameter.ExplicitDefaultValue, parameter.Type);

    /// <summary>A constant of the given type; null is the type's default.</summary>
    public static string Of(object? value, ITypeSymbol type)
    {
        if (type is INamedTypeSymbol { OriginalDefinition.SpecialType: SpecialType.System_Nullable_T } nullable)
        {
            return value is null ? "null" : Of(value, nullable.TypeArguments[0]);
        }

        return value switch
        {
            null => type.IsValueType ? $"default({TypeRef.Of(type).Name})" : "null",
            _ when type.TypeKind == TypeKind.Enum => $"({TypeRef.Of(type).Name})({OfPrimitive(value)})",
            _ => OfPrimitive(value),
        };
    }

    private static string OfPrimitive(object value) => value switch
    {
        string text => Of(text),
        bool flag => Of(flag),
        char character => SymbolDisplay.FormatLiteral(character, quote: true),
        float.NaN => "float.NaN",
        float.PositiveInfinity => "float.PositiveInfinity",
        float.NegativeInfinity => "float.NegativeInfinity",
        float number => Signed(number, number.ToString("R", CultureInfo.InvariantCulture)) + "F",
        double.NaN => "double.NaN",
        double.PositiveInfinity => "double.PositiveInfinity",
        double.NegativeInfinity => "double.NegativeInfinity",
        double number => Signed(number, number.ToString("R", CultureInfo.InvariantCulture)) + "D",
        decimal number => number.ToString(CultureInfo.InvariantCulture) + "M",
        uint number => number.ToString(CultureInfo.InvariantCulture) + "U",
        long number => number.ToString(CultureInfo.InvariantCulture) + "L",
        ulong number => number.ToString(CultureInfo.InvariantCulture) + "UL",
        sbyte number => $"(sbyte)({number.ToString(CultureInfo.InvariantCulture)})",
        byte number => $"(byte){number.ToString(CultureInfo.InvariantCulture)}",
        short number => $"(short)({number.ToString(CultureInfo.InvariantCulture)})",
        ushort number => $"(ushort){number.ToString(CultureInfo.InvariantCulture)}",
        IFormattable number => number.ToString(null, CultureInfo.InvariantCulture),
        _ => throw new NotSupportedException($"No constant has type {value.GetType()}."),
    };

    // .NET Framework, where editors run generators, prints negative zero without its sign.
    private static string Signed(double number, string text) =>
        number == 0 && 1 / number < 0 && !text.StartsWith("-", StringComparison.Ordinal) ? "-" + text : text;
}
