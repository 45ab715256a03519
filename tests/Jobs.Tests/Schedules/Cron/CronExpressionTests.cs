using Jobs.Schedules.Cron;

namespace Jobs.Tests.Schedules.Cron;

/// <summary>What the fields mean.</summary>
public sealed class CronExpressionTests
{
    [Theory]
    [InlineData("0 7 * * *", "2026-01-01 07:00:00", "2026-01-02 07:00:00")]
    [InlineData("*/5 * * * *", "2026-01-01 00:05:00", "2026-01-01 00:10:00")]
    [InlineData("30 */15 * * * *", "2026-01-01 00:00:30", "2026-01-01 00:15:30")]
    [InlineData("*/20 * * * * *", "2026-01-01 00:00:20", "2026-01-01 00:00:40")]
    [InlineData("* * * * * *", "2026-01-01 00:00:01", "2026-01-01 00:00:02")]
    [InlineData("*/1 0 7 * * *", "2026-01-01 07:00:00", "2026-01-01 07:00:01")]
    [InlineData("10-12,50 3 * * *", "2026-01-01 03:10:00", "2026-01-01 03:11:00")]
    [InlineData("40/10 3 * * *", "2026-01-01 03:40:00", "2026-01-01 03:50:00")]
    [InlineData("0 22-2/2 * * *", "2026-01-01 02:00:00", "2026-01-01 22:00:00")]
    [InlineData("0 0 1 JAN,jul *", "2026-07-01 00:00:00", "2027-01-01 00:00:00")]
    [InlineData("0 0 1 NOV-FEB/3 *", "2026-02-01 00:00:00", "2026-11-01 00:00:00")]
    [InlineData("  0\t9   ?  *  MON-FRI ", "2026-01-01 09:00:00", "2026-01-02 09:00:00")]
    [InlineData("59 23 31 12 *", "2026-12-31 23:59:00", "2027-12-31 23:59:00")]
    [InlineData("@yearly", "2027-01-01 00:00:00", "2028-01-01 00:00:00")]
    [InlineData("@annually", "2027-01-01 00:00:00", "2028-01-01 00:00:00")]
    [InlineData("@monthly", "2026-02-01 00:00:00", "2026-03-01 00:00:00")]
    [InlineData("@weekly", "2026-01-04 00:00:00", "2026-01-11 00:00:00")]
    [InlineData("@daily", "2026-01-02 00:00:00", "2026-01-03 00:00:00")]
    [InlineData("@Midnight", "2026-01-02 00:00:00", "2026-01-03 00:00:00")]
    [InlineData("@hourly", "2026-01-01 01:00:00", "2026-01-01 02:00:00")]
    public void Fires_at(string expression, string first, string second) =>
        Assert.Equal([first + " +00:00", second + " +00:00"], Fires.Next(expression, "UTC", "2026-01-01", 2));

    // 2026-02: the 1st is a Sunday, the 28th a Saturday. 2026-08: the 1st is a Saturday. 2026-05: the 31st is a Sunday.
    [Theory]
    [InlineData("0 0 L * *", "2026-01-15", "2026-01-31", "2026-02-28")]
    [InlineData("0 0 L-2 * *", "2026-01-30", "2026-02-26", "2026-03-29")]
    [InlineData("0 0 L-30 * *", "2026-01-02", "2026-03-01", "2026-05-01")]
    [InlineData("0 0 LW * *", "2026-02-15", "2026-02-27", "2026-03-31")]
    [InlineData("0 0 LW 5 *", "2026-01-01", "2026-05-29", "2027-05-31")]
    [InlineData("0 0 L-1W 2 *", "2026-01-01", "2026-02-27", "2027-02-26")]
    [InlineData("0 0 15W * *", "2026-02-01", "2026-02-16", "2026-03-16")]
    [InlineData("0 0 1W 8 *", "2026-01-01", "2026-08-03", "2027-08-02")]
    [InlineData("0 0 31W * *", "2026-04-01", "2026-05-29", "2026-07-31")]
    [InlineData("0 0 1,15,L * *", "2026-02-02", "2026-02-15", "2026-02-28")]
    [InlineData("0 0 * * 0", "2026-02-02", "2026-02-08", "2026-02-15")]
    [InlineData("0 0 * * 7", "2026-02-02", "2026-02-08", "2026-02-15")]
    [InlineData("0 0 * * 6-7", "2026-02-02", "2026-02-07", "2026-02-08")]
    [InlineData("0 0 * * SAT-SUN", "2026-02-02", "2026-02-07", "2026-02-08")]
    [InlineData("0 0 * * 6-1/2", "2026-02-02", "2026-02-07", "2026-02-09")]
    [InlineData("0 0 * * 4/2", "2026-02-02", "2026-02-05", "2026-02-07")]
    [InlineData("0 0 * * 5L", "2026-02-02", "2026-02-27", "2026-03-27")]
    [InlineData("0 0 * * satl", "2026-02-02", "2026-02-28", "2026-03-28")]
    [InlineData("0 0 * * FRI#2", "2026-02-02", "2026-02-13", "2026-03-13")]
    [InlineData("0 0 * * 0#5", "2026-02-02", "2026-03-29", "2026-05-31")]
    [InlineData("0 0 * * MON#1,MON#3", "2026-02-02", "2026-02-16", "2026-03-02")]
    [InlineData("0 0 29 2 *", "2026-01-01", "2028-02-29", "2032-02-29")]
    public void Fires_on(string expression, string after, string first, string second) =>
        Assert.Equal([first, second], Fires.Days(expression, after + "T12:00", 2));

    /// <summary>Vixie cron's rule: with both days restricted one of them is enough; a star in front asks for both.</summary>
    [Theory]
    [InlineData("0 0 13 * 5", "2026-02-06", "2026-02-13")]
    [InlineData("0 0 1-7,*/40 * MON", "", "")]
    [InlineData("0 0 10 * MON", "2026-02-02", "2026-02-09")]
    [InlineData("0 0 */2 * MON", "2026-02-09", "2026-02-23")]
    [InlineData("0 0 ? * MON", "2026-02-02", "2026-02-09")]
    [InlineData("0 0 10 * ?", "2026-02-10", "2026-03-10")]
    public void Two_days(string expression, string first, string second)
    {
        if (first.Length == 0)
        {
            Fires.Error(expression);
            return;
        }

        Assert.Equal([first, second], Fires.Days(expression, "2026-02-01T12:00", 2));
    }

    [Fact]
    public void Friday_the_13th_needs_a_star_in_front() =>
        Assert.Equal(["2026-02-13", "2026-03-13", "2026-11-13"], [.. Fires.Days("0 0 13 * */5", "2026-02-01T12:00", 60).Where(day => IsFriday(day)).Take(3)]);

    [Fact]
    public void Feb_29_skips_a_century_without_one() =>
        Assert.Equal(["2096-02-29", "2104-02-29"], Fires.Days("0 0 29 2 *", "2095-01-01", 2));

    [Fact]
    public void A_fraction_of_a_second_is_past_it()
    {
        var expression = Fires.Parse("* * * * * *");
        var time = new DateTime(2026, 1, 1, 0, 0, 0, DateTimeKind.Utc);

        Assert.Equal(time.AddSeconds(1), CronClock.Next(expression, TimeZoneInfo.Utc, time.AddTicks(1)));
        Assert.Equal(time.AddSeconds(1), CronClock.Next(expression, TimeZoneInfo.Utc, time));
        Assert.Equal(time, CronClock.Next(expression, TimeZoneInfo.Utc, time.AddTicks(-1)));
    }

    [Fact]
    public void The_end_of_time_is_no_fire_time()
    {
        var expression = Fires.Parse("0 0 1 1 *");

        Assert.Null(CronClock.Next(expression, TimeZoneInfo.Utc, DateTime.MaxValue));
        Assert.Null(CronClock.Next(expression, TimeZoneInfo.Utc, DateTime.MinValue));
    }

    private static bool IsFriday(string day) =>
        DateTime.Parse(day, System.Globalization.CultureInfo.InvariantCulture).DayOfWeek == DayOfWeek.Friday;
}
