using Jobs.Generators.Emission;
using Jobs.Generators.Model;
using Microsoft.CodeAnalysis;

namespace Jobs.Generators.Parsing;

/// <summary>The source of constants in attributes.</summary>
internal static class ConstantSource
{
    /// <summary>Null for what is not one constant.</summary>
    public static string? Of(TypedConstant constant) => constant switch
    {
        { Kind: TypedConstantKind.Type, Value: ITypeSymbol type } => $"typeof({TypeRef.Of(type).Name})",
        { Kind: TypedConstantKind.Primitive or TypedConstantKind.Enum, Value: not null, Type: { } type } => Literal.Of(constant.Value, type),
        _ => null,
    };
}
