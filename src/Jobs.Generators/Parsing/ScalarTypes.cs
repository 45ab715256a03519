using Jobs.Generators.Model;
using Microsoft.CodeAnalysis;

namespace Jobs.Generators.Parsing;

/// <summary>The types that are one JSON token.</summary>
internal static class ScalarTypes
{
    public static ValueKind? Find(ITypeSymbol type) => type.SpecialType switch
    {
        SpecialType.System_Boolean => ValueKind.Boolean,
        SpecialType.System_SByte => ValueKind.SByte,
        SpecialType.System_Byte => ValueKind.Byte,
        SpecialType.System_Int16 => ValueKind.Int16,
        SpecialType.System_UInt16 => ValueKind.UInt16,
        SpecialType.System_Int32 => ValueKind.Int32,
        SpecialType.System_UInt32 => ValueKind.UInt32,
        SpecialType.System_Int64 => ValueKind.Int64,
        SpecialType.System_UInt64 => ValueKind.UInt64,
        SpecialType.System_Single => ValueKind.Single,
        SpecialType.System_Double => ValueKind.Double,
        SpecialType.System_Decimal => ValueKind.Decimal,
        SpecialType.System_Char => ValueKind.Char,
        SpecialType.System_String => ValueKind.String,
        SpecialType.System_DateTime => ValueKind.DateTime,
        _ => FindByName(type),
    };

    private static ValueKind? FindByName(ITypeSymbol type) => type switch
    {
        IArrayTypeSymbol { IsSZArray: true, ElementType.SpecialType: SpecialType.System_Byte } => ValueKind.ByteArray,
        INamedTypeSymbol { Arity: 1 } memory when memory.TypeArguments[0].SpecialType == SpecialType.System_Byte && type.DottedName == "System.ReadOnlyMemory" => ValueKind.ReadOnlyMemoryOfByte,
        INamedTypeSymbol { IsGenericType: false } => type.DottedName switch
        {
            "System.Guid" => ValueKind.Guid,
            "System.DateTimeOffset" => ValueKind.DateTimeOffset,
            "System.DateOnly" => ValueKind.DateOnly,
            "System.TimeOnly" => ValueKind.TimeOnly,
            "System.TimeSpan" => ValueKind.TimeSpan,
            "System.Uri" => ValueKind.Uri,
            "System.Version" => ValueKind.Version,
            "System.Text.Json.JsonElement" => ValueKind.JsonElement,
            _ => null,
        },
        _ => null,
    };
}
