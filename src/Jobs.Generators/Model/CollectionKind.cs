namespace Jobs.Generators.Model;

internal enum CollectionKind
{
    Array,

    /// <summary>Also the interfaces that a list implements.</summary>
    List,

    /// <summary>An interface that has no indexer.</summary>
    Enumerable,

    /// <summary>An interface that has one.</summary>
    IndexedInterface,
    HashSet,
    SetInterface,
    ImmutableArray,
    ImmutableList,
    ImmutableHashSet,
    Dictionary,
    DictionaryInterface,
    ImmutableDictionary,
}
