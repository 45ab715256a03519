namespace Jobs.Brokers;

/// <summary>Due times as servers take them. For adapters.</summary>
internal static class DueTime
{
    /// <summary>The first whole millisecond that is not before a time; 0 for none. Cutting the rest off would be early.</summary>
    public static long ToMilliseconds(DateTimeOffset? due) => due is { } time
        ? (time.UtcTicks - DateTimeOffset.UnixEpoch.UtcTicks + TimeSpan.TicksPerMillisecond - 1) / TimeSpan.TicksPerMillisecond
        : 0;
}
