namespace Jobs.Generators.Model;

/// <summary>A JSON array, or with <see cref="CollectionKind.Dictionary"/> and its like a JSON object.</summary>
internal sealed record CollectionShape : PayloadShape
{
    public required CollectionKind Kind { get; init; }

    /// <summary>A dictionary's key: a string, an integer, a Guid or an enum; else null.</summary>
    public ValueModel? Key { get; init; }

    /// <summary>The element, or the dictionary's value.</summary>
    public required ValueModel Element { get; init; }
}
