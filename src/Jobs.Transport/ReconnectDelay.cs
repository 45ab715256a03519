namespace Jobs.Transport;

/// <summary>How long to wait before the next attempt: at once, then exponentially longer with full jitter.</summary>
/// <param name="random">0 to 1.</param>
internal sealed class ReconnectDelay(Func<double> random)
{
    private static readonly TimeSpan Shortest = TimeSpan.FromMilliseconds(50);
    // Not longer: for one lease after a reconnect the workers that are back wait for the others to renew.
    private static readonly TimeSpan Longest = TimeSpan.FromSeconds(1);
    private static readonly TimeSpan LongestUntilMended = TimeSpan.FromSeconds(15);
    private int _attempts;

    /// <summary>A connection has held for a while.</summary>
    public void Succeeded() => _attempts = 0;

    /// <param name="mustBeMended">True if trying again helps only once somebody has changed something.</param>
    public TimeSpan Next(bool mustBeMended)
    {
        var attempt = _attempts++;
        if (mustBeMended)
        {
            return TimeSpan.FromSeconds(1) + (random() * Limit(TimeSpan.FromSeconds(1), attempt, LongestUntilMended));
        }

        return attempt == 0 ? TimeSpan.Zero : random() * Limit(Shortest, attempt, Longest);
    }

    private static TimeSpan Limit(TimeSpan first, int attempt, TimeSpan longest)
    {
        var grown = first * Math.Pow(2, Math.Min(attempt, 20));
        return grown < longest ? grown : longest;
    }
}
