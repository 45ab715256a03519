using Microsoft.CodeAnalysis;

namespace Jobs.Generators.Parsing;

/// <summary>Where a null is allowed, by annotations and attributes. Code without nullable annotations allows all.</summary>
internal static class Nullability
{
    private const string Namespace = "System.Diagnostics.CodeAnalysis";

    public static bool MayBeRead(IPropertySymbol property) =>
        property.FindAttribute(Namespace, "DisallowNullAttribute") is null
        && (property.FindAttribute(Namespace, "AllowNullAttribute") is not null || Allows(property.Type, property.OriginalDefinition.Type));

    public static bool MayBeRead(IParameterSymbol parameter) =>
        parameter.FindAttribute(Namespace, "DisallowNullAttribute") is null
        && (parameter.FindAttribute(Namespace, "AllowNullAttribute") is not null || Allows(parameter.Type, parameter.OriginalDefinition.Type));

    public static bool MayBeWritten(IPropertySymbol property) =>
        property.FindAttribute(Namespace, "NotNullAttribute") is null
        && (property.FindAttribute(Namespace, "MaybeNullAttribute") is not null || Allows(property.Type, property.OriginalDefinition.Type));

    private static bool Allows(ITypeSymbol type, ITypeSymbol declared)
    {
        if (type.IsValueType)
        {
            return type.OriginalDefinition.SpecialType == SpecialType.System_Nullable_T;
        }

        // At run time a type argument's annotation is gone: only the constraint is left.
        return declared is ITypeParameterSymbol parameter
            ? declared.NullableAnnotation == NullableAnnotation.Annotated || !IsNotNull(parameter)
            : type.NullableAnnotation != NullableAnnotation.NotAnnotated;
    }

    private static bool IsNotNull(ITypeParameterSymbol parameter) =>
        parameter.HasNotNullConstraint
        || (parameter.HasReferenceTypeConstraint && parameter.ReferenceTypeConstraintNullableAnnotation == NullableAnnotation.NotAnnotated);
}
