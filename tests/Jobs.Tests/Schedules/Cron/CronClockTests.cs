using Jobs.Schedules.Cron;

namespace Jobs.Tests.Schedules.Cron;

/// <summary>Where clocks are moved: Vixie cron's rule, worked out by hand in both hemispheres.</summary>
[Trait("Scenario", "45")]
public sealed class CronClockTests
{
    // Vienna, 29 March 2026: 02:00 +01:00 becomes 03:00 +02:00 (01:00 UTC).
    [Theory]
    [InlineData("30 2 * * *", "2026-03-28 02:30:00 +01:00", "2026-03-29 03:00:00 +02:00", "2026-03-30 02:30:00 +02:00")]
    [InlineData("0 2 * * *", "2026-03-28 02:00:00 +01:00", "2026-03-29 03:00:00 +02:00", "2026-03-30 02:00:00 +02:00")]
    [InlineData("59 59 2 * * *", "2026-03-28 02:59:59 +01:00", "2026-03-29 03:00:00 +02:00", "2026-03-30 02:59:59 +02:00")]
    [InlineData("0 3 * * *", "2026-03-28 03:00:00 +01:00", "2026-03-29 03:00:00 +02:00", "2026-03-30 03:00:00 +02:00")]
    [InlineData("59 1 * * *", "2026-03-28 01:59:00 +01:00", "2026-03-29 01:59:00 +01:00", "2026-03-30 01:59:00 +02:00")]
    [InlineData("30 2 L-2 3 *", "2026-03-29 03:00:00 +02:00", "2027-03-29 02:30:00 +02:00", "2028-03-29 02:30:00 +02:00")]
    public void A_time_in_the_gap_fires_right_after_it(string expression, params string[] expected) =>
        Assert.Equal(expected, Fires.Next(expression, "Europe/Vienna", "2026-03-27T22:00", 3));

    [Theory]
    [InlineData("0,30 2,3 * * *", "2026-03-29 03:00:00 +02:00", "2026-03-29 03:30:00 +02:00", "2026-03-30 02:00:00 +02:00")]
    [InlineData("*/15 2 * * *", "2026-03-29 03:00:00 +02:00", "2026-03-30 02:00:00 +02:00", "2026-03-30 02:15:00 +02:00")]
    [InlineData("0 */2 * * *", "2026-03-29 00:00:00 +01:00", "2026-03-29 03:00:00 +02:00", "2026-03-29 04:00:00 +02:00")]
    public void Several_times_in_the_gap_fire_once(string expression, params string[] expected) =>
        Assert.Equal(expected, Fires.Next(expression, "Europe/Vienna", "2026-03-28T22:15", 3));

    [Theory]
    [InlineData("30 * * * *", "2026-03-29 01:30:00 +01:00", "2026-03-29 03:30:00 +02:00", "2026-03-29 04:30:00 +02:00")]
    [InlineData("*/20 * * * *", "2026-03-29 01:20:00 +01:00", "2026-03-29 01:40:00 +01:00", "2026-03-29 03:00:00 +02:00")]
    [InlineData("30 0-23 * * *", "2026-03-29 01:30:00 +01:00", "2026-03-29 03:30:00 +02:00", "2026-03-29 04:30:00 +02:00")]
    public void An_expression_for_every_hour_follows_real_time_over_the_gap(string expression, params string[] expected) =>
        Assert.Equal(expected, Fires.Next(expression, "Europe/Vienna", "2026-03-29T00:05", 3));

    // Vienna, 25 October 2026: 03:00 +02:00 becomes 02:00 +01:00 (01:00 UTC).
    [Theory]
    [InlineData("30 2 * * *", "2026-10-25 02:30:00 +02:00", "2026-10-26 02:30:00 +01:00")]
    [InlineData("0 2 * * *", "2026-10-25 02:00:00 +02:00", "2026-10-26 02:00:00 +01:00")]
    [InlineData("0 3 * * *", "2026-10-25 03:00:00 +01:00", "2026-10-26 03:00:00 +01:00")]
    [InlineData("0,30 1-2 * * *", "2026-10-25 01:00:00 +02:00", "2026-10-25 01:30:00 +02:00", "2026-10-25 02:00:00 +02:00", "2026-10-25 02:30:00 +02:00", "2026-10-26 01:00:00 +01:00")]
    public void A_repeated_time_fires_once(string expression, params string[] expected) =>
        Assert.Equal(expected, Fires.Next(expression, "Europe/Vienna", "2026-10-24T22:00", expected.Length));

    [Theory]
    [InlineData("30 * * * *", "2026-10-25 01:30:00 +02:00", "2026-10-25 02:30:00 +02:00", "2026-10-25 02:30:00 +01:00", "2026-10-25 03:30:00 +01:00")]
    [InlineData("*/30 2 * * *", "2026-10-25 02:00:00 +02:00", "2026-10-25 02:30:00 +02:00", "2026-10-25 02:00:00 +01:00", "2026-10-25 02:30:00 +01:00", "2026-10-26 02:00:00 +01:00")]
    [InlineData("*/30 0 2 * * *", "2026-10-25 02:00:00 +02:00", "2026-10-25 02:00:30 +02:00", "2026-10-25 02:00:00 +01:00", "2026-10-25 02:00:30 +01:00", "2026-10-26 02:00:00 +01:00")]
    public void An_interval_follows_real_time_over_a_repeated_hour(string expression, params string[] expected) =>
        Assert.Equal(expected, Fires.Next(expression, "Europe/Vienna", "2026-10-24T23:00", expected.Length));

    [Theory]
    [InlineData("2026-10-25T00:30", "2026-10-26 02:30:00 +01:00")]
    [InlineData("2026-10-25T00:29:59", "2026-10-25 02:30:00 +02:00")]
    [InlineData("2026-10-25T01:00", "2026-10-26 02:30:00 +01:00")]
    [InlineData("2026-10-25T01:29", "2026-10-26 02:30:00 +01:00")]
    public void From_within_the_repeated_hour_the_first_pass_counts(string after, string expected) =>
        Assert.Equal([expected], Fires.Next("30 2 * * *", "Europe/Vienna", after, 1));

    // New York, 8 March 2026: 02:00 -05:00 becomes 03:00 -04:00; 1 November: 02:00 -04:00 becomes 01:00 -05:00.
    [Fact]
    public void New_York()
    {
        Assert.Equal(["2026-03-08 03:00:00 -04:00", "2026-03-09 02:15:00 -04:00"], Fires.Next("15 2 * * *", "America/New_York", "2026-03-07T12:00", 2));
        Assert.Equal(["2026-11-01 01:15:00 -04:00", "2026-11-02 01:15:00 -05:00"], Fires.Next("15 1 * * *", "America/New_York", "2026-10-31T12:00", 2));
        Assert.Equal(["2026-11-01 01:15:00 -04:00", "2026-11-01 01:15:00 -05:00", "2026-11-01 02:15:00 -05:00"], Fires.Next("15 * * * *", "America/New_York", "2026-11-01T04:30", 3));
    }

    // The southern hemisphere. Sydney, 4 October 2026: 02:00 +10:00 becomes 03:00 +11:00; 5 April: 03:00 +11:00 becomes 02:00 +10:00.
    [Fact]
    public void Sydney()
    {
        Assert.Equal(["2026-10-04 03:00:00 +11:00", "2026-10-05 02:30:00 +11:00"], Fires.Next("30 2 * * *", "Australia/Sydney", "2026-10-03T12:00", 2));
        Assert.Equal(["2026-04-05 02:30:00 +11:00", "2026-04-06 02:30:00 +10:00"], Fires.Next("30 2 * * *", "Australia/Sydney", "2026-04-04T12:00", 2));
        Assert.Equal(["2026-04-05 02:30:00 +11:00", "2026-04-05 02:30:00 +10:00", "2026-04-05 03:30:00 +10:00"], Fires.Next("30 * * * *", "Australia/Sydney", "2026-04-04T15:00", 3));
    }

    // Lord Howe moves by half an hour. 4 October 2026: 02:00 +10:30 becomes 02:30 +11:00; 5 April: 02:00 +11:00 becomes 01:30 +10:30.
    [Fact]
    public void Lord_Howe()
    {
        Assert.Equal(["2026-10-04 02:30:00 +11:00", "2026-10-05 02:15:00 +11:00"], Fires.Next("15 2 * * *", "Australia/Lord_Howe", "2026-10-03T12:00", 2));
        Assert.Equal(["2026-10-04 02:45:00 +11:00"], Fires.Next("45 2 * * *", "Australia/Lord_Howe", "2026-10-03T12:00", 1));
        Assert.Equal(["2026-04-05 01:45:00 +11:00", "2026-04-06 01:45:00 +10:30"], Fires.Next("45 1 * * *", "Australia/Lord_Howe", "2026-04-04T12:00", 2));
        Assert.Equal(["2026-04-05 01:15:00 +11:00", "2026-04-06 01:15:00 +10:30"], Fires.Next("15 1 * * *", "Australia/Lord_Howe", "2026-04-04T12:00", 2));
        Assert.Equal(["2026-04-05 01:45:00 +11:00", "2026-04-05 01:45:00 +10:30", "2026-04-05 02:45:00 +10:30"], Fires.Next("45 * * * *", "Australia/Lord_Howe", "2026-04-04T14:20", 3));
    }

    // Santiago has no midnight on 6 September 2026: 00:00 -04:00 becomes 01:00 -03:00.
    [Fact]
    public void A_day_without_midnight() =>
        Assert.Equal(["2026-09-05 00:00:00 -04:00", "2026-09-06 01:00:00 -03:00", "2026-09-07 00:00:00 -03:00"], Fires.Next("@daily", "America/Santiago", "2026-09-04T12:00", 3));

    // Apia left 30 December 2011 out.
    [Fact]
    public void A_day_that_a_country_skipped() =>
        Assert.Equal(["2011-12-29 09:00:00 -10:00", "2011-12-31 00:00:00 +14:00", "2011-12-31 09:00:00 +14:00"], Fires.Next("0 9 * * *", "Pacific/Apia", "2011-12-29T12:00", 3));

    [Fact]
    public void Kathmandu_is_a_quarter_off() =>
        Assert.Equal(["2026-01-01 07:00:00 +05:45"], Fires.Next("0 7 * * *", "Asia/Kathmandu", "2026-01-01", 1));

    /// <summary>Looking back at every fire time from just before it finds it again: no hole, no double, whatever the zone does.</summary>
    [Theory]
    [InlineData("Europe/Vienna")]
    [InlineData("America/New_York")]
    [InlineData("Australia/Lord_Howe")]
    [InlineData("America/Santiago")]
    [InlineData("Africa/Casablanca")]
    public void Fire_times_do_not_depend_on_where_one_looks_from(string zone)
    {
        var clock = TimeZoneInfo.FindSystemTimeZoneById(zone);
        foreach (var text in (string[])["*/10 * * * *", "15 1-3 * * *", "0 0 * * *", "30 2 1 * *", "45 */2 * * SUN"])
        {
            var expression = Fires.Parse(text);
            var (time, end) = (new DateTime(2025, 12, 31, 0, 0, 0, DateTimeKind.Utc), new DateTime(2027, 1, 3, 0, 0, 0, DateTimeKind.Utc));
            while (CronClock.Next(expression, clock, time) is { } next && next < end)
            {
                var middle = time.AddTicks((next - time).Ticks / 2);
                Assert.Equal(next, CronClock.Next(expression, clock, middle));
                Assert.Equal(next, CronClock.Next(expression, clock, next.AddTicks(-1)));
                time = next;
            }
        }
    }
}
