namespace Jobs.Retrying;

/// <summary>Exponential backoff with full jitter (Brooker, "Exponential Backoff And Jitter", AWS Architecture Blog 2015).</summary>
internal static class Backoff
{
    /// <summary>A random delay in (0, min(first · 2^(attempt − 1), longest)].</summary>
    public static TimeSpan FullJitter(TimeSpan first, TimeSpan longest, int attempt, Random random) =>
        Scale(Ceiling(first, longest, attempt), 1 - random.NextDouble());

    /// <summary>A random delay that is never shorter than asked for, and at most a quarter longer.</summary>
    public static TimeSpan AtLeast(TimeSpan delay, Random random)
    {
        // "Never" is often written as the longest duration there is.
        var more = Scale(delay, random.NextDouble() / 4);
        return delay > TimeSpan.MaxValue - more ? TimeSpan.MaxValue : delay + more;
    }

    private static TimeSpan Ceiling(TimeSpan first, TimeSpan longest, int attempt)
    {
        // 2^40 first delays are beyond any sensible cap, and far from overflow in a double.
        var ticks = first.Ticks * Math.Pow(2, Math.Clamp(attempt - 1, 0, 40));
        return ticks >= longest.Ticks ? longest : TimeSpan.FromTicks((long)ticks);
    }

    private static TimeSpan Scale(TimeSpan delay, double factor) => TimeSpan.FromTicks((long)(delay.Ticks * factor));
}
