using Jobs.Generators.Model;
using Microsoft.CodeAnalysis;

namespace Jobs.Generators.Parsing;

/// <summary>
/// Proves that a value may be handed over instead of its JSON: nothing that it reaches can change, it can be of no derived type,
/// and the JSON would carry all of it.
/// </summary>
internal sealed class Immutability
{
    private readonly HashSet<ITypeSymbol> _assumed = new(SymbolEqualityComparer.Default);

    public bool IsImmutable(ITypeSymbol type)
    {
        if (ScalarTypes.Find(type) is { } scalar)
        {
            // The memory of an element belongs to a document that may be disposed.
            return scalar is not (ValueKind.ByteArray or ValueKind.ReadOnlyMemoryOfByte or ValueKind.JsonElement);
        }

        // A type that contains itself is immutable if the rest of it is.
        return type.TypeKind == TypeKind.Enum || !_assumed.Add(type) || (type is INamedTypeSymbol named && IsImmutable(named));
    }

    private bool IsImmutable(INamedTypeSymbol type)
    {
        if (type.OriginalDefinition.SpecialType == SpecialType.System_Nullable_T)
        {
            return IsImmutable(type.TypeArguments[0]);
        }

        return CollectionTypes.Find(type) switch
        {
            // What is left to a context may be written in part only.
            null => (type.IsSealed || type.IsValueType) && !type.IsFrameworkType && JsonAttributes.Explain(type) is null && IsObjectImmutable(type),
            CollectionKind.ImmutableArray or CollectionKind.ImmutableList or CollectionKind.ImmutableHashSet or CollectionKind.ImmutableDictionary => type.TypeArguments.All(IsImmutable),
            _ => false,
        };
    }

    private bool IsObjectImmutable(INamedTypeSymbol type)
    {
        for (INamedTypeSymbol? current = type; current is { IsFrameworkType: false }; current = current.BaseType)
        {
            // Private fields of compiled code cannot be seen: there only records, and structs that are readonly, are believed.
            var isSource = current.Locations.Any(location => location.IsInSource);
            if ((!isSource && !current.IsRecord && !current.IsReadOnly) || !current.GetMembers().All(IsMemberImmutable))
            {
                return false;
            }
        }

        return true;
    }

    private bool IsMemberImmutable(ISymbol member) => member switch
    {
        { IsStatic: true } => true,
        IFieldSymbol field => field.AssociatedSymbol is IPropertySymbol,
        IPropertySymbol { DeclaredAccessibility: Accessibility.Public, IsIndexer: false } property =>
            property.SetMethod is null or { IsInitOnly: true }
            && JsonAttributes.FindIgnoreCondition(property) == IgnoreCondition.Never
            && IsImmutable(property.Type),
        IPropertySymbol property => property.SetMethod is null or { IsInitOnly: true } && !ObjectProperties.HoldsState(property),
        _ => true,
    };
}
