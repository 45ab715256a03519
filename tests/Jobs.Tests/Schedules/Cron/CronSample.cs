namespace Jobs.Tests.Schedules.Cron;

/// <summary>One schedule in our dialect and in Quartz's.</summary>
/// <remarks>
/// <para>Quartz: seconds are mandatory, days of the week run from 1 (Sunday).</para>
/// <para>Not drawn, because the two differ on purpose:</para>
/// <para>1. <c>*/2</c> as one day beside another: Quartz fires on either; ours, as Vixie cron, asks for both where a field begins with <c>*</c>.</para>
/// <para>2. <c>29W</c> to <c>31W</c> in shorter months: Quartz takes the weekday nearest to the last day; ours does not fire, as <c>31</c> does not, and <c>LW</c> says the other.</para>
/// <para>3. <c>L</c> alone as the day of the week: Saturday to Quartz; refused here, for it reads like "the last".</para>
/// <para>4. Lists of <c>L</c>, <c>W</c> or <c>#</c>: Quartz calls their results confusing; ours fires on each.</para>
/// <para>5. <c>*</c> as the second of certain minutes: refused here; Quartz warns.</para>
/// <para>6. Years and <c>@</c> macros: only one of the two has them.</para>
/// </remarks>
internal sealed record CronSample(string Ours, string Quartz)
{
    private static readonly string[] Months = ["JAN", "FEB", "MAR", "APR", "MAY", "JUN", "JUL", "AUG", "SEP", "OCT", "NOV", "DEC"];
    private static readonly string[] Days = ["SUN", "MON", "TUE", "WED", "THU", "FRI", "SAT"];

    /// <summary>Schedules drawn from every form of every field; the same for the same seed.</summary>
    public static IEnumerable<CronSample> Draw(int count, int seed)
    {
        var random = new Random(seed);
        for (var i = 0; i < count; i++)
        {
            var hasSeconds = random.Next(4) == 0;
            var second = hasSeconds ? Number(random, 0, 59, star: false) : "0";
            var (minute, hour) = (Number(random, 0, 59, star: true), Number(random, 0, 23, star: true));
            var month = Month(random);
            var (ours, quartz) = random.Next(5) switch
            {
                0 => BothDays(random),
                1 or 2 => DayOfMonth(random),
                _ => DayOfWeek(random),
            };
            yield return new CronSample(
                $"{(hasSeconds ? second + " " : "")}{minute} {hour} {ours.DayOfMonth} {month} {ours.DayOfWeek}",
                $"{second} {minute} {hour} {quartz.DayOfMonth} {month} {quartz.DayOfWeek}");
        }
    }

    private static string Number(Random random, int first, int last, bool star) => random.Next(7) switch
    {
        0 when star => "*",
        1 => $"*/{random.Next(2, (last - first + 1) / 2)}",
        2 => Range(random, first, last),
        3 => $"{Range(random, first, last)}/{random.Next(1, 5)}",
        4 => $"{random.Next(first, last + 1)}/{random.Next(2, 10)}",
        5 => string.Join(',', Enumerable.Range(0, random.Next(2, 5)).Select(_ => random.Next(first, last + 1))),
        _ => $"{random.Next(first, last + 1)}",
    };

    // One in five runs over the end.
    private static string Range(Random random, int first, int last)
    {
        var (a, b) = (random.Next(first, last), random.Next(first, last));
        return random.Next(5) == 0 && a != b ? $"{Math.Max(a, b)}-{Math.Min(a, b)}" : $"{Math.Min(a, b)}-{Math.Max(a, b) + 1}";
    }

    private static string Month(Random random) => random.Next(8) switch
    {
        0 => Months[random.Next(12)],
        1 => $"{random.Next(1, 13)}",
        2 => $"{Months[random.Next(6)]}-{Months[random.Next(6, 12)]}",
        3 => $"*/{random.Next(2, 6)}",
        4 => $"{random.Next(1, 7)},{random.Next(7, 13)}",
        5 => $"{Months[random.Next(9, 12)]}-{Months[random.Next(3)]}",
        _ => "*",
    };

    private static ((string DayOfMonth, string DayOfWeek) Ours, (string DayOfMonth, string DayOfWeek) Quartz) DayOfMonth(Random random)
    {
        var day = random.Next(9) switch
        {
            0 => "L",
            1 => $"L-{random.Next(1, 27)}",
            2 => "LW",
            3 => $"{random.Next(1, 29)}W",
            4 => "*",
            _ => Number(random, 1, 28, star: false),
        };
        return ((day, random.Next(2) == 0 ? "*" : "?"), (day, "?"));
    }

    private static ((string DayOfMonth, string DayOfWeek) Ours, (string DayOfMonth, string DayOfWeek) Quartz) DayOfWeek(Random random)
    {
        var (day, other) = (random.Next(7), random.Next(7));
        var (ours, quartz) = random.Next(8) switch
        {
            0 => (Days[day], Days[day]),
            1 => ($"{day}", $"{day + 1}"),
            2 => ($"{day}L", $"{day + 1}L"),
            3 => ($"{Days[day]}#{other % 5 + 1}", $"{day + 1}#{other % 5 + 1}"),
            4 => ($"{Days[day]},{other}", $"{Days[day]},{other + 1}"),
            5 => ("MON-FRI", "2-6"),
            6 => ("FRI-MON", "6-2"),
            _ => ("*/2", "1/2"),
        };
        return ((random.Next(2) == 0 ? "*" : "?", ours), ("?", quartz));
    }

    private static ((string DayOfMonth, string DayOfWeek) Ours, (string DayOfMonth, string DayOfWeek) Quartz) BothDays(Random random)
    {
        var (day, other) = (Number(random, 1, 28, star: false), random.Next(7));
        day = day[0] == '*' ? "13" : day;
        return ((day, $"{Days[other]}"), (day, $"{other + 1}"));
    }
}
