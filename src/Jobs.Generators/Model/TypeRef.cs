using Jobs.Generators.Parsing;
using Microsoft.CodeAnalysis;

namespace Jobs.Generators.Model;

/// <summary>A type as generated code names it.</summary>
/// <param name="Name">Fully qualified from <c>global::</c> on, without a <c>?</c> of its own (those of type arguments are kept).</param>
/// <param name="IsNullable">True for <c>Nullable&lt;T&gt;</c> (<paramref name="Name"/> is then <c>T</c>) and for a reference annotated with <c>?</c>.</param>
/// <param name="IsValueType">True for structs and enums.</param>
internal sealed record TypeRef(string Name, bool IsNullable, bool IsValueType)
{
    /// <summary>The name with its <c>?</c>.</summary>
    public string FullName => IsNullable ? Name + "?" : Name;

    /// <summary>The name that also a reference which is still missing may have.</summary>
    public string NullableName => IsValueType && !IsNullable ? Name : Name + "?";

    public static TypeRef Of(ITypeSymbol type)
    {
        if (type is INamedTypeSymbol { OriginalDefinition.SpecialType: SpecialType.System_Nullable_T } nullable)
        {
            return Of(nullable.TypeArguments[0]) with { IsNullable = true };
        }

        var isNullable = type.IsReferenceType && type.NullableAnnotation == NullableAnnotation.Annotated;
        var name = type.WithNullableAnnotation(NullableAnnotation.None).ToDisplayString(DisplayFormats.FullName);
        return new TypeRef(name, isNullable, type.IsValueType);
    }

    public override string ToString() => FullName;
}
