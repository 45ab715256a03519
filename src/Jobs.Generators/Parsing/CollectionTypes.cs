using Jobs.Generators.Model;
using Microsoft.CodeAnalysis;

namespace Jobs.Generators.Parsing;

/// <summary>The collections that can be written and read.</summary>
internal static class CollectionTypes
{
    public static CollectionKind? Find(INamedTypeSymbol type) => type.DottedName switch
    {
        "System.Collections.Generic.List" => CollectionKind.List,
        "System.Collections.Generic.IList" or "System.Collections.Generic.IReadOnlyList" => CollectionKind.IndexedInterface,
        "System.Collections.Generic.IEnumerable" or "System.Collections.Generic.ICollection" or "System.Collections.Generic.IReadOnlyCollection" => CollectionKind.Enumerable,
        "System.Collections.Generic.HashSet" => CollectionKind.HashSet,
        "System.Collections.Generic.ISet" => CollectionKind.SetInterface,
        "System.Collections.Immutable.ImmutableArray" => CollectionKind.ImmutableArray,
        "System.Collections.Immutable.ImmutableList" => CollectionKind.ImmutableList,
        "System.Collections.Immutable.ImmutableHashSet" => CollectionKind.ImmutableHashSet,
        "System.Collections.Generic.Dictionary" => CollectionKind.Dictionary,
        "System.Collections.Generic.IDictionary" or "System.Collections.Generic.IReadOnlyDictionary" => CollectionKind.DictionaryInterface,
        "System.Collections.Immutable.ImmutableDictionary" => CollectionKind.ImmutableDictionary,
        _ => null,
    };

    public static bool IsDictionary(CollectionKind kind) =>
        kind is CollectionKind.Dictionary or CollectionKind.DictionaryInterface or CollectionKind.ImmutableDictionary;
}
