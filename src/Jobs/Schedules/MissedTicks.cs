namespace Jobs.Schedules;

/// <summary>What is to be done next of the ticks since the last one: which to send, and how many to drop before it.</summary>
/// <param name="Tick">The tick to send, or null.</param>
/// <param name="DropsUpTo">If none is sent: the last dropped one.</param>
/// <param name="Dropped">How many are dropped.</param>
/// <param name="IsMissed">True if the tick to send is a missed one.</param>
internal readonly record struct MissedTicks(DateTimeOffset? Tick, DateTimeOffset? DropsUpTo, long Dropped, bool IsMissed)
{
    /// <summary>A tick that is found later than this was missed.</summary>
    public static readonly TimeSpan Threshold = TimeSpan.FromMinutes(1);

    // A schedule that ticks every second and slept for a year: the oldest need not be looked at one by one.
    private const int MostSteps = 100_000;
    private static readonly TimeSpan Tail = TimeSpan.FromDays(1);

    public static MissedTicks Find(ScheduleTiming timing, DateTimeOffset done, DateTimeOffset now, MisfirePolicy policy, int most)
    {
        var kept = new Queue<DateTimeOffset>();
        var keeps = policy == MisfirePolicy.All ? most : 1;
        long missed = 0;
        var tick = timing.Next(done);
        for (var steps = 0; tick <= now && now - tick > Threshold; steps++)
        {
            missed++;
            kept.Enqueue(tick);
            if (kept.Count > keeps)
            {
                kept.Dequeue();
            }

            tick = timing.Next(steps == MostSteps && tick < now - Tail ? now - Tail : tick);
        }

        DateTimeOffset? fresh = tick <= now ? tick : null;
        return policy switch
        {
            MisfirePolicy.All when missed > 0 => new(kept.Peek(), null, missed - kept.Count, true),
            MisfirePolicy.Once when missed > 0 && fresh is null => new(kept.Peek(), null, missed - 1, true),
            _ => new(fresh, fresh is null && missed > 0 ? kept.Last() : null, missed, false),
        };
    }
}
