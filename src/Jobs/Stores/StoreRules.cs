using System.Globalization;

namespace Jobs.Stores;

/// <summary>What every store decides alike: what may be asked of it, and when a condition holds.</summary>
internal static class StoreRules
{
    private static readonly TimeSpan ShortestExpiry = TimeSpan.FromMilliseconds(1);

    // Clocks and servers count no further than they must.
    private static readonly TimeSpan LongestExpiry = TimeSpan.FromDays(36_500);

    /// <exception cref="ArgumentException">It is empty or too long.</exception>
    public static void CheckKey(string key, string name = "key")
    {
        ArgumentException.ThrowIfNullOrEmpty(key, name);
        ArgumentOutOfRangeException.ThrowIfGreaterThan(key.Length, IJobStore.MaxKeyLength, name);
    }

    /// <exception cref="ArgumentOutOfRangeException">It is too short.</exception>
    public static void CheckExpiry(TimeSpan? expiry)
    {
        if (expiry is { } span)
        {
            ArgumentOutOfRangeException.ThrowIfLessThan(span, ShortestExpiry, nameof(expiry));
        }
    }

    /// <summary>An expiry that can be added to any present time: 100 years at the most.</summary>
    public static TimeSpan Bounded(TimeSpan expiry) => expiry < LongestExpiry ? expiry : LongestExpiry;

    /// <summary>An expiry in milliseconds, never shorter than told: an entry is not to be gone early.</summary>
    public static long MillisecondsOf(TimeSpan expiry) => (long)Math.Ceiling(Bounded(expiry).TotalMilliseconds);

    /// <summary>A put as one write of a batch.</summary>
    /// <exception cref="ArgumentException">Key, value or expiry is out of range.</exception>
    public static StoreWrite Put(StoreFeatures features, string key, ReadOnlyMemory<byte> value, StoreCondition condition, TimeSpan? expiry)
    {
        var write = new StoreWrite { Key = key, Value = value, Condition = condition, Expiry = expiry };
        Check(features, write);
        return write;
    }

    /// <exception cref="ArgumentException">Key, value, expiry or index is out of range.</exception>
    public static void Check(StoreFeatures features, in StoreWrite write)
    {
        CheckKey(write.Key);
        CheckExpiry(write.Expiry);
        if (write.Value is { } value && value.Length > features.MaxValueBytes)
        {
            throw new ArgumentException($"The value for '{write.Key}' has {value.Length.ToString(CultureInfo.InvariantCulture)} bytes; the store takes at most {features.MaxValueBytes.ToString(CultureInfo.InvariantCulture)}.", nameof(write));
        }

        if (write.Index is { } index)
        {
            CheckKey(index.Name, "index");
            ArgumentOutOfRangeException.ThrowIfLessThan(index.Capacity, 1, nameof(index));
        }
    }

    /// <inheritdoc cref="Check(StoreFeatures, in StoreWrite)"/>
    public static void Check(StoreFeatures features, ReadOnlySpan<StoreWrite> writes, int results)
    {
        ArgumentOutOfRangeException.ThrowIfLessThan(results, writes.Length, nameof(results));
        foreach (ref readonly var write in writes)
        {
            Check(features, write);
        }
    }

    /// <exception cref="ArgumentOutOfRangeException">The page is too long.</exception>
    public static void CheckPage(string index, int take)
    {
        CheckKey(index, nameof(index));
        ArgumentOutOfRangeException.ThrowIfLessThan(take, 1);
        ArgumentOutOfRangeException.ThrowIfGreaterThan(take, IIndexedStore.MaxPageSize);
    }

    /// <exception cref="ArgumentException">Key, owner, limit or expiry is out of range.</exception>
    public static void CheckPermit(string key, string owner, TimeSpan? expiry = null, int limit = 1)
    {
        CheckKey(key);
        CheckKey(owner, nameof(owner));
        CheckExpiry(expiry);
        ArgumentOutOfRangeException.ThrowIfLessThan(limit, 1);
    }

    /// <summary>True if a write is to happen on what is there, or null.</summary>
    public static bool Holds(StoreCondition condition, StoreEntry? current) => condition.Kind switch
    {
        StoreConditionKind.IfAbsent => current is null,
        StoreConditionKind.IfVersion => current is not null && current.Version == condition.Version,
        StoreConditionKind.IfNotNewer => current is null || current.Order <= condition.Order,
        _ => true,
    };

    /// <summary>The order that an entry has after a write.</summary>
    public static long OrderAfter(StoreCondition condition, StoreEntry? current) =>
        condition.Kind == StoreConditionKind.IfNotNewer ? condition.Order : current?.Order ?? 0;
}
