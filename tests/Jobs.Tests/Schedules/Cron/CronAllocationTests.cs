using Jobs.Schedules.Cron;

namespace Jobs.Tests.Schedules.Cron;

public sealed class CronAllocationTests
{
    [Theory]
    [InlineData("*/5 * * * *")]
    [InlineData("0 7 * * *")]
    [InlineData("30 2 * * *")]
    [InlineData("0 0 L * *")]
    [InlineData("0 0 15W * FRI#2")]
    public void The_next_fire_time_allocates_nothing(string text)
    {
        var expression = Fires.Parse(text);
        var zone = TimeZoneInfo.FindSystemTimeZoneById("Europe/Vienna");
        var time = new DateTime(2026, 1, 1, 0, 0, 0, DateTimeKind.Utc);
        time = Walk(expression, zone, time);

        var before = GC.GetAllocatedBytesForCurrentThread();
        Walk(expression, zone, time);

        Assert.Equal(0, GC.GetAllocatedBytesForCurrentThread() - before);
    }

    private static DateTime Walk(CronExpression expression, TimeZoneInfo zone, DateTime time)
    {
        for (var i = 0; i < 200; i++)
        {
            time = CronClock.Next(expression, zone, time)!.Value;
        }

        return time;
    }
}
