namespace Jobs.Brokers;

/// <summary>Due times as servers take them. For adapters.</summary>
internal static class DueTime
{
    private static readonly long Latest = DateTimeOffset.MaxValue.ToUnixTimeMilliseconds();

    /// <summary>The first whole millisecond that is not before a time; 0 for none. Cutting the rest off would be early. The end of time is cut off all the
    /// same: beyond it there is none to read back.</summary>
    public static long ToMilliseconds(DateTimeOffset? due) => due is { } time
        ? Math.Min(Latest, (time.UtcTicks - DateTimeOffset.UnixEpoch.UtcTicks + TimeSpan.TicksPerMillisecond - 1) / TimeSpan.TicksPerMillisecond)
        : 0;

    /// <summary>The time that a server names; at the ends of time for numbers beyond them.</summary>
    public static DateTimeOffset FromMilliseconds(long due) => DateTimeOffset.FromUnixTimeMilliseconds(Math.Clamp(due, 0, Latest));
}
