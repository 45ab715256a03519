namespace Jobs.Stores;

/// <summary>An entry of a store.</summary>
/// <param name="Key">The key.</param>
/// <param name="Value">The bytes; immutable.</param>
/// <param name="Version">Greater for each write of the key.</param>
public sealed record StoreEntry(string Key, ReadOnlyMemory<byte> Value, long Version)
{
    /// <summary>The order given with <see cref="StoreCondition.IfNotNewer"/>; 0 if there was none.</summary>
    public long Order { get; init; }
}
