namespace Jobs.Schedules.Cron;

/// <summary>The days on which an expression fires, as sets of bits.</summary>
internal sealed class CronDays
{
    // Bits 0, 7, 14, 21 and 28: multiplying repeats a week over a month.
    private const ulong Weeks = 0x1020_4081;

    /// <summary>Days of the month, bit 1 the first.</summary>
    public ulong DaysOfMonth { get; set; }

    /// <summary><c>15W</c>: bit 15.</summary>
    public ulong NearestWeekdays { get; set; }

    /// <summary><c>L</c> and <c>L-3</c>: bits 0 and 3.</summary>
    public ulong BeforeLast { get; set; }

    /// <summary><c>LW</c> and <c>L-3W</c>: bits 0 and 3.</summary>
    public ulong WeekdaysNearLast { get; set; }

    /// <summary>Days of the week, bit 0 Sunday.</summary>
    public ulong DaysOfWeek { get; set; }

    /// <summary><c>FRI#2</c>: bit (2 - 1) * 7 + 5.</summary>
    public ulong NthDaysOfWeek { get; set; }

    /// <summary><c>5L</c>: bit 5.</summary>
    public ulong LastDaysOfWeek { get; set; }

    /// <summary>Whether a day must match both fields: when one of them begins with <c>*</c> or is <c>?</c>. Else one is enough, as in Vixie cron.</summary>
    public bool MatchBoth { get; set; }

    /// <summary>The days of a month on which to fire, bit 1 the first.</summary>
    public ulong Of(int year, int month)
    {
        var length = DateTime.DaysInMonth(year, month);
        var firstDayOfWeek = (int)new DateTime(year, month, 1).DayOfWeek;
        var byMonth = ByMonth(length, firstDayOfWeek);
        var byWeek = ByWeek(length, firstDayOfWeek);
        return (MatchBoth ? byMonth & byWeek : byMonth | byWeek) & Bits.Range(1, length);
    }

    private ulong ByMonth(int length, int firstDayOfWeek)
    {
        var days = DaysOfMonth;
        for (var n = Bits.Next(BeforeLast, 0); n >= 0; n = Bits.Next(BeforeLast, n + 1))
        {
            days |= n < length ? 1UL << (length - n) : 0;
        }

        for (var n = Bits.Next(WeekdaysNearLast, 0); n >= 0; n = Bits.Next(WeekdaysNearLast, n + 1))
        {
            days |= Nearest(length - n, length, firstDayOfWeek);
        }

        for (var day = Bits.Next(NearestWeekdays, 0); day >= 0; day = Bits.Next(NearestWeekdays, day + 1))
        {
            days |= Nearest(day, length, firstDayOfWeek);
        }

        return days;
    }

    // Never in another month: a Saturday the first moves to Monday the third, a Sunday the last to the Friday before.
    private static ulong Nearest(int day, int length, int firstDayOfWeek)
    {
        if (day < 1 || day > length)
        {
            return 0;
        }

        var weekday = ((firstDayOfWeek + day - 1) % 7) switch
        {
            6 => day == 1 ? 3 : day - 1,
            0 => day == length ? day - 2 : day + 1,
            _ => day,
        };
        return 1UL << weekday;
    }

    private ulong ByWeek(int length, int firstDayOfWeek)
    {
        var days = Repeat(DaysOfWeek, firstDayOfWeek);
        for (var nth = 0; NthDaysOfWeek >> (nth * 7) != 0; nth++)
        {
            days |= Repeat((NthDaysOfWeek >> (nth * 7)) & 0x7F, firstDayOfWeek) & Bits.Range((nth * 7) + 1, (nth * 7) + 7);
        }

        return LastDaysOfWeek == 0 ? days : days | (Repeat(LastDaysOfWeek, firstDayOfWeek) & Bits.Range(length - 6, length));
    }

    // A set of days of the week as days of a month.
    private static ulong Repeat(ulong daysOfWeek, int firstDayOfWeek) =>
        (((daysOfWeek >> firstDayOfWeek) | (daysOfWeek << (7 - firstDayOfWeek))) & 0x7F) * Weeks << 1;
}
