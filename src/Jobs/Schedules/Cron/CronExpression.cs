namespace Jobs.Schedules.Cron;

/// <summary>A cron expression as sets of bits. Immutable once parsed; finding a fire time allocates nothing.</summary>
internal sealed class CronExpression
{
    // The Gregorian calendar repeats after 400 years: what has not fired by then never does.
    private const int CalendarCycle = 400;
    private const ulong EveryHour = (1UL << 24) - 1;

    public CronExpression(string text) => Text = text;

    /// <summary>As it was written.</summary>
    public string Text { get; }

    public ulong Seconds { get; set; }

    public ulong Minutes { get; set; }

    public ulong Hours { get; set; }

    public ulong Months { get; set; }

    public CronDays Days { get; } = new();

    /// <summary>Whether the second, minute or hour begins with <c>*</c>: such an expression counts elapsed time, so it fires in both passes of an hour that the clock repeats.</summary>
    public bool IsInterval { get; set; }

    /// <summary>Whether a time that the clock skips is made up for. An expression for every hour needs it not: it fires in the hours around.</summary>
    public bool MakesUpForGaps => Hours != EveryHour;

    /// <summary>The first time on the clock that is not before <paramref name="from"/>; null if there is none.</summary>
    public DateTime? NextLocal(DateTime from)
    {
        // Fire times are whole seconds.
        if (from.Ticks % TimeSpan.TicksPerSecond is var fraction && fraction != 0)
        {
            from = from.AddTicks(TimeSpan.TicksPerSecond - fraction);
        }

        var time = NextTime(from.Hour, from.Minute, from.Second);
        var first = time >= 0 ? from.Date : from.Date.AddDays(1);
        var (year, month, day) = (first.Year, first.Month, first.Day);
        for (var lastYear = Math.Min(year + CalendarCycle, DateTime.MaxValue.Year - 1); year <= lastYear;)
        {
            if (Bits.Next(Months, month) is var nextMonth && nextMonth != month)
            {
                (year, month, day) = nextMonth < 0 ? (year + 1, Bits.Next(Months, 1), 1) : (year, nextMonth, 1);
                continue;
            }

            var found = Bits.Next(Days.Of(year, month), day);
            if (found >= 0)
            {
                var date = new DateTime(year, month, found);
                return date.AddTicks(TimeSpan.TicksPerSecond * (time >= 0 && date == first ? time : NextTime(0, 0, 0)));
            }

            (year, month, day) = month == 12 ? (year + 1, 1, 1) : (year, month + 1, 1);
        }

        return null;
    }

    // Seconds since midnight; -1 if the day has no such time any more.
    private int NextTime(int hour, int minute, int second)
    {
        var h = Bits.Next(Hours, hour);
        if (h == hour)
        {
            var m = Bits.Next(Minutes, minute);
            if (m == minute)
            {
                var s = Bits.Next(Seconds, second);
                if (s >= 0)
                {
                    return (((h * 60) + m) * 60) + s;
                }

                m = Bits.Next(Minutes, minute + 1);
            }

            if (m >= 0)
            {
                return (((h * 60) + m) * 60) + Bits.Next(Seconds, 0);
            }

            h = Bits.Next(Hours, hour + 1);
        }

        return h < 0 ? -1 : (((h * 60) + Bits.Next(Minutes, 0)) * 60) + Bits.Next(Seconds, 0);
    }
}
