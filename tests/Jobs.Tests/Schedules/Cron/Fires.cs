using System.Globalization;
using Jobs.Schedules.Cron;

namespace Jobs.Tests.Schedules.Cron;

/// <summary>Fire times as text, for tests that say by hand when something fires.</summary>
internal static class Fires
{
    public static CronExpression Parse(string text)
    {
        Assert.True(CronParser.TryParse(text, out var expression, out var error), error?.Message);
        return expression;
    }

    public static CronError Error(string text)
    {
        Assert.False(CronParser.TryParse(text, out _, out var error), $"'{text}' should be refused.");
        return error;
    }

    /// <summary>The next fire times after a UTC time, as the zone's clock and its offset show them.</summary>
    public static string[] Next(string expression, string zone, string afterUtc, int count)
    {
        var (parsed, clock) = (Parse(expression), TimeZoneInfo.FindSystemTimeZoneById(zone));
        var time = DateTime.Parse(afterUtc, CultureInfo.InvariantCulture, DateTimeStyles.AdjustToUniversal | DateTimeStyles.AssumeUniversal);
        var fires = new List<string>();
        while (fires.Count < count && CronClock.Next(parsed, clock, time) is { } next)
        {
            Assert.True(next > time);
            fires.Add(TimeZoneInfo.ConvertTime(new DateTimeOffset(next), clock).ToString("yyyy-MM-dd HH:mm:ss zzz", CultureInfo.InvariantCulture));
            time = next;
        }

        return [.. fires];
    }

    /// <summary>The next days in UTC, where the time of day is not the point.</summary>
    public static string[] Days(string expression, string afterUtc, int count) =>
        [.. Next(expression, "UTC", afterUtc, count).Select(fire => fire[..10])];
}
