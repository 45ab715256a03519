namespace Jobs.Schedules.Cron;

/// <summary>Fire times of an expression on the clocks of a time zone.</summary>
/// <remarks>
/// <para>Where a clock is moved, Vixie cron's rule holds, as in cronie and Cronos:</para>
/// <para>1. A time that the clock skips fires once, at the first moment after the gap, however many times fell into it; an expression for every hour has no need of that.</para>
/// <para>2. A time that the clock repeats fires in its first pass only; one whose second, minute or hour begins with <c>*</c> fires in both, because time goes on.</para>
/// </remarks>
internal static class CronClock
{
    // Longer than any clock was ever moved, and from the date line's other side.
    private static readonly TimeSpan Window = TimeSpan.FromHours(26);

    // No zone moves its clock twice within so few days.
    private static readonly TimeSpan Quiet = TimeSpan.FromDays(14);

    private static readonly DateTime Earliest = new(1, 2, 1, 0, 0, 0, DateTimeKind.Utc);
    private static readonly DateTime Latest = new(9998, 12, 1, 0, 0, 0, DateTimeKind.Utc);

    /// <summary>The first fire time after <paramref name="after"/>, both UTC; null if there is none.</summary>
    public static DateTime? Next(CronExpression expression, TimeZoneInfo zone, DateTime after)
    {
        if (after < Earliest || after > Latest)
        {
            return null;
        }

        // Within one second only its beginning fires.
        after = new DateTime(after.Ticks - (after.Ticks % TimeSpan.TicksPerSecond), DateTimeKind.Utc);
        if (zone.BaseUtcOffset == TimeSpan.Zero && !zone.SupportsDaylightSavingTime)
        {
            return expression.NextLocal(after.AddSeconds(1)) is { } utc ? Utc(utc, TimeSpan.Zero) : null;
        }

        // The common case: the clock is not moved from shortly before until shortly after.
        var offset = zone.GetUtcOffset(after - Window);
        if (expression.NextLocal(Local(after, offset).AddSeconds(1)) is { } near)
        {
            var fire = Utc(near, offset);
            if (fire - after >= Quiet)
            {
                // What happens to the clock on the way is of no matter: only where it is read, and where it fires.
                if (zone.GetUtcOffset(after + Window) == offset)
                {
                    return ToUtc(expression, zone, near);
                }
            }
            else if (zone.GetUtcOffset(fire + Window) == offset)
            {
                return fire;
            }
        }

        return NextAround(expression, zone, after);
    }

    private static DateTime? NextAround(CronExpression expression, TimeZoneInfo zone, DateTime after)
    {
        var change = Change.Within(zone, after - Window, after + Window);
        var offset = after < change.At ? change.Before : change.After;
        var from = Local(after, offset).AddSeconds(1);
        if (change.After < change.Before)
        {
            var (repeated, end) = (Local(change.At, change.After), Local(change.At, change.Before));
            if (after < change.At)
            {
                if (expression.NextLocal(from) is { } first && first < end)
                {
                    return Utc(first, change.Before);
                }

                from = expression.IsInterval ? repeated : end;
            }
            else if (from < end && !expression.IsInterval)
            {
                from = end;
            }

            if (expression.NextLocal(from) is { } second && second < end)
            {
                return Utc(second, change.After);
            }
        }

        return ToUtc(expression, zone, expression.NextLocal(from));
    }

    private static DateTime? ToUtc(CronExpression expression, TimeZoneInfo zone, DateTime? local)
    {
        while (local is { } time)
        {
            var near = DateTime.SpecifyKind(time, DateTimeKind.Utc);
            var change = Change.Within(zone, near - Window, near + Window);
            if (time < Local(change.At, change.Before))
            {
                return Utc(time, change.Before);
            }

            var gapEnd = Local(change.At, change.After);
            if (time >= gapEnd)
            {
                return Utc(time, change.After);
            }

            if (expression.MakesUpForGaps)
            {
                return change.At;
            }

            local = expression.NextLocal(gapEnd);
        }

        return null;
    }

    private static DateTime Local(DateTime utc, TimeSpan offset) => DateTime.SpecifyKind(utc + offset, DateTimeKind.Unspecified);

    private static DateTime Utc(DateTime local, TimeSpan offset) => DateTime.SpecifyKind(local - offset, DateTimeKind.Utc);

    // The one moment in a stretch of time at which a zone's clock is moved; its end, with equal offsets, if there is none.
    private readonly struct Change(DateTime at, TimeSpan before, TimeSpan after)
    {
        public DateTime At { get; } = at;

        public TimeSpan Before { get; } = before;

        public TimeSpan After { get; } = after;

        public static Change Within(TimeZoneInfo zone, DateTime first, DateTime last)
        {
            var (before, after) = (zone.GetUtcOffset(first), zone.GetUtcOffset(last));
            if (before == after)
            {
                return new Change(last, before, after);
            }

            // Clocks are moved at whole seconds.
            while (last - first > TimeSpan.FromSeconds(1))
            {
                var middle = first.AddSeconds(Math.Floor((last - first).TotalSeconds / 2));
                (first, last) = zone.GetUtcOffset(middle) == before ? (middle, last) : (first, middle);
            }

            return new Change(last, before, after);
        }
    }
}
