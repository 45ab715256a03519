namespace Jobs.Stores;

/// <summary>When a write happens.</summary>
public enum StoreConditionKind
{
    /// <summary>Whatever is there.</summary>
    Always,

    /// <summary>Only if nothing is there.</summary>
    IfAbsent,

    /// <summary>Only if a certain version is there.</summary>
    IfVersion,

    /// <summary>Only if nothing of a higher order is there.</summary>
    IfNotNewer,
}
