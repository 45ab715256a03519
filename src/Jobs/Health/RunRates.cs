namespace Jobs.Health;

/// <summary>How many runs ended and failed of late, by the totals that are noted at each look. Safe for concurrent use.</summary>
internal sealed class RunRates(TimeProvider time)
{
    private static readonly TimeSpan Window = TimeSpan.FromMinutes(1);

    private readonly Lock _lock = new();
    private readonly Queue<Totals> _looks = new([new Totals(time.GetTimestamp(), 0, 0)]);

    /// <summary>Notes the totals, and compares them with those of a minute ago, or with the oldest there are.</summary>
    public (long Ended, long Failed, TimeSpan Over) Look(long ended, long failed)
    {
        lock (_lock)
        {
            var now = time.GetTimestamp();
            // The oldest that stays is the youngest that is a whole window old.
            while (_looks.Count > 1 && time.GetElapsedTime(_looks.ElementAt(1).At, now) >= Window)
            {
                _looks.Dequeue();
            }

            var from = _looks.Peek();
            if (time.GetElapsedTime(_looks.Last().At, now) >= Window / 12)
            {
                _looks.Enqueue(new Totals(now, ended, failed));
            }

            return (ended - from.Ended, failed - from.Failed, time.GetElapsedTime(from.At, now));
        }
    }

    private sealed record Totals(long At, long Ended, long Failed);
}
