namespace Jobs.Stores;

/// <summary>One write of a batch.</summary>
public readonly record struct StoreWrite
{
    /// <summary>1 to 512 characters of any text.</summary>
    public required string Key { get; init; }

    /// <summary>The bytes, copied; null: the entry is deleted.</summary>
    public ReadOnlyMemory<byte>? Value { get; init; }

    /// <summary>When to write.</summary>
    /// <value>Default <see cref="StoreCondition.Always"/>.</value>
    public StoreCondition Condition { get; init; }

    /// <summary>How long the entry lives; null: until deleted.</summary>
    public TimeSpan? Expiry { get; init; }

    /// <summary>A version that is likely still there, and that meets the condition; 0: likely nothing is there. Null if that is not known.</summary>
    /// <remarks>A store that compares versions (<see cref="StoreFeatures.ComparesVersions"/>) writes without a look if it is there, and looks if it is not.
    /// Others take no notice.</remarks>
    public long? LikelyVersion { get; init; }

    /// <summary>The index that the entry stands in from now on, or null: in none.</summary>
    /// <remarks>Only for an <see cref="IIndexedStore"/>.</remarks>
    public StoreIndex? Index { get; init; }
}
