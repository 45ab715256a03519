namespace Jobs.Stores;

/// <summary>What a store promises.</summary>
public sealed record StoreFeatures
{
    /// <summary>The longest value, in bytes.</summary>
    /// <value>Default 1 MiB.</value>
    public int MaxValueBytes { get; init; } = 1024 * 1024;

    /// <summary>True if entries outlive this process and other processes see them.</summary>
    /// <value>Default true.</value>
    public bool IsShared { get; init; } = true;

    /// <summary>True if a conditional write costs a look at what is there, unless <see cref="StoreWrite.LikelyVersion"/> says what to expect.</summary>
    /// <value>Default false.</value>
    public bool ComparesVersions { get; init; }
}
