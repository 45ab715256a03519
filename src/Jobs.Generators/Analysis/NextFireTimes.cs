using System.Globalization;
using Jobs.Schedules.Cron;

namespace Jobs.Generators.Analysis;

/// <summary>Says when an expression fires, for who wrote it and meant something else.</summary>
internal static class NextFireTimes
{
    private const int Count = 5;

    /// <summary>The next times on the zone's clocks. Where a clock is moved the runtime knows better: compilers need not know the zone's rules.</summary>
    public static string Describe(CronExpression expression, string zone, DateTime now)
    {
        var times = new List<string>(Count);
        for (var time = expression.NextLocal(now); time is { } next && times.Count < Count; time = expression.NextLocal(next.AddSeconds(1)))
        {
            times.Add(next.ToString(next.Second == 0 ? "ddd yyyy-MM-dd HH:mm" : "ddd yyyy-MM-dd HH:mm:ss", CultureInfo.InvariantCulture));
        }

        return $"{string.Join(", ", times)} ({zone})";
    }
}
