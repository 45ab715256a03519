namespace Jobs.Stores;

/// <summary>When a write happens.</summary>
public readonly record struct StoreCondition
{
    private StoreCondition(StoreConditionKind kind, long version)
    {
        Kind = kind;
        Version = version;
    }

    /// <summary>Whatever is there.</summary>
    public static StoreCondition Always => default;

    /// <summary>Only if nothing is there.</summary>
    public static StoreCondition IfAbsent => new(StoreConditionKind.IfAbsent, 0);

    /// <summary>Which condition.</summary>
    public StoreConditionKind Kind { get; }

    /// <summary>The version that must be there.</summary>
    public long Version { get; }

    /// <summary>Only if this version is there.</summary>
    public static StoreCondition IfVersion(long version) => new(StoreConditionKind.IfVersion, version);
}
