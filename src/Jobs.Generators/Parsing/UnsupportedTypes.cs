using Microsoft.CodeAnalysis;

namespace Jobs.Generators.Parsing;

/// <summary>Says of types that are no scalars why they cannot be serialized. The reasons end a sentence.</summary>
internal static class UnsupportedTypes
{
    public static string? Explain(ITypeSymbol type, Compilation compilation) => type.TypeKind switch
    {
        TypeKind.Error => "it does not exist",
        TypeKind.Dynamic => "it is dynamic",
        TypeKind.Delegate => "it is a delegate",
        TypeKind.Pointer or TypeKind.FunctionPointer => "it is a pointer",
        TypeKind.TypeParameter => "it is an open type parameter",
        TypeKind.Array => type is IArrayTypeSymbol { IsSZArray: true } ? null : "it is an array of more than one dimension",
        _ => type is INamedTypeSymbol named ? Explain(named, compilation) : "it is not a class, struct or record",
    };

    private static string? Explain(INamedTypeSymbol type, Compilation compilation)
    {
        if (CollectionTypes.Find(type) is not null)
        {
            return null;
        }

        if (JsonAttributes.Explain(type) is { } reason)
        {
            return reason;
        }

        if (!IsAccessible(type, compilation))
        {
            return "generated code cannot access it; make it internal or public";
        }

        return type switch
        {
            { TypeKind: TypeKind.Enum } => null,
            { SpecialType: SpecialType.System_Object } => "object says nothing of what it holds",
            { IsTupleType: true } => "the names of a tuple do not survive; declare a record",
            { IsFrameworkType: true } => "it is a framework type without a JSON form here",
            { TypeKind: TypeKind.Interface } => "it is an interface",
            { IsAnonymousType: true } => "it is anonymous",
            { IsStatic: true } => "it is static",
            { IsAbstract: true } => "it is abstract",
            { IsRefLikeType: true } => "it is a ref struct",
            _ when FindFrameworkBase(type) is { } root => $"it derives from the framework type {root.Name}",
            _ when type.AllInterfaces.Any(i => i.SpecialType == SpecialType.System_Collections_IEnumerable) => "it is a collection of its own kind; use a list, array, set or dictionary",
            _ => null,
        };
    }

    private static bool IsAccessible(INamedTypeSymbol type, Compilation compilation)
    {
        for (INamedTypeSymbol? current = type; current is not null; current = current.ContainingType)
        {
            if (current.IsFileLocal)
            {
                return false;
            }
        }

        return compilation.IsSymbolAccessibleWithin(type, compilation.Assembly);
    }

    private static INamedTypeSymbol? FindFrameworkBase(INamedTypeSymbol type)
    {
        for (var current = type.BaseType; current is not null; current = current.BaseType)
        {
            if (current.IsFrameworkType)
            {
                return current.SpecialType is SpecialType.System_Object or SpecialType.System_ValueType ? null : current;
            }
        }

        return null;
    }
}
