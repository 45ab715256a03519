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
}
