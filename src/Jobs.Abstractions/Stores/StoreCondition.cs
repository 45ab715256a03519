namespace Jobs.Stores;

/// <summary>When a write happens.</summary>
public readonly record struct StoreCondition
{
    /// <summary>The highest order: what a double holds exactly.</summary>
    /// <value>2⁵³ − 1.</value>
    public const long MaxOrder = (1L << 53) - 1;

    private readonly long _number;

    private StoreCondition(StoreConditionKind kind, long number)
    {
        Kind = kind;
        _number = number;
    }

    /// <summary>Whatever is there.</summary>
    public static StoreCondition Always => default;

    /// <summary>Only if nothing is there.</summary>
    public static StoreCondition IfAbsent => new(StoreConditionKind.IfAbsent, 0);

    /// <summary>Which condition.</summary>
    public StoreConditionKind Kind { get; }

    /// <summary>The version that must be there.</summary>
    public long Version => Kind == StoreConditionKind.IfVersion ? _number : 0;

    /// <summary>The order that the entry gets; higher ones must not be there.</summary>
    public long Order => Kind == StoreConditionKind.IfNotNewer ? _number : 0;

    /// <summary>Only if this version is there.</summary>
    public static StoreCondition IfVersion(long version) => new(StoreConditionKind.IfVersion, version);

    /// <summary>Only if what is there, if anything, has no higher order: a fence in one round trip, without reading first.</summary>
    /// <remarks>The entry keeps the order. Writes with other conditions leave an entry's order as it is; a new entry of theirs has the order 0.</remarks>
    /// <param name="order">0 to <see cref="MaxOrder"/>.</param>
    /// <exception cref="ArgumentOutOfRangeException">The order is out of range.</exception>
    public static StoreCondition IfNotNewer(long order)
    {
        ArgumentOutOfRangeException.ThrowIfNegative(order);
        ArgumentOutOfRangeException.ThrowIfGreaterThan(order, MaxOrder);
        return new(StoreConditionKind.IfNotNewer, order);
    }
}
