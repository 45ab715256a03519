using System.Globalization;
using Jobs.Generators.Analysis;
using Jobs.Generators.Parsing;
using Microsoft.CodeAnalysis;

namespace Jobs.Generators.Tests.Analysis;

/// <summary>What is said of schedules beside what <see cref="MisuseTests"/> asks of all rules.</summary>
[Trait("Scenario", "50")]
public sealed class ScheduleTests
{
    [Fact]
    public async Task A_schedule_shows_its_next_five_fire_times()
    {
        var message = await MessageAsync("""[Job, Cron("30 12 * * *", TimeZone = "Asia/Tokyo")] public static void Run() { }""");

        Assert.StartsWith("'30 12 * * *' fires next at ", message, StringComparison.Ordinal);
        Assert.EndsWith(" (Asia/Tokyo)", message, StringComparison.Ordinal);
        var times = message["'30 12 * * *' fires next at ".Length..^" (Asia/Tokyo)".Length].Split(", ").Select(static time => DateTime.ParseExact(time, "ddd yyyy-MM-dd HH:mm", CultureInfo.InvariantCulture)).ToArray();
        Assert.Equal(Enumerable.Range(0, 5).Select(day => times[0].AddDays(day)), times);
        Assert.Equal(new TimeSpan(12, 30, 0), times[0].TimeOfDay);
    }

    [Theory]
    [InlineData("""[Job, Cron("0 25 * * *")] public static void Run() { }""", "'0 25 * * *' is no schedule: The hour '25' at character 3 is wrong: '25' is not allowed. Write 0 to 23")]
    [InlineData("""[Job, Cron("@daily", TimeZone = "europe/viena")] public static void Run() { }""", "The time zone 'europe/viena' is not known: did you mean 'Europe/Vienna'")]
    [InlineData("""[Job, Cron("@daily", TimeZone = "W. Europe Standard Time")] public static void Run() { }""", "The time zone 'W. Europe Standard Time' is not known: write one of the IANA database, such as 'Europe/Vienna'")]
    [InlineData("""[Job, Every("00:01:00")] public static void Run(int days) { }""", "Job 'Run' is scheduled, and nothing says what 'days' is: give the parameter a default value, or set Args of the schedule to the job's JSON")]
    public async Task A_message_says_the_cure(string member, string expected) => Assert.Equal(expected, await MessageAsync(member));

    [Theory]
    [InlineData("""[Job, Every("00:01:00")] public static void Run(int days = 3, CancellationToken token = default) { }""")]
    [InlineData("""[Job, Every("00:01:00", Args = "{\"days\":3}")] public static void Run(int days) { }""")]
    [InlineData("""[Job, Batch, Every("00:01:00", Args = "{\"id\":3}")] public static void Run(Item[] items) { } public sealed record Item(int Id);""")]
    [InlineData("""[Job, Every("00:01:00"), Every("1.00:00:00", Name = "daily")] public static void Run() { }""")]
    public async Task Schedules_that_are_right_are_silent(string member) => Assert.Empty(await RunAsync(member));

    [Fact]
    public async Task Schedules_of_two_jobs_have_two_names()
    {
        var found = await RunAsync("""
            [Job, Every("00:01:00", Name = "same")] public static void Run() { }
            [Job, Every("00:01:00", Name = "Same")] public static void Go() { }
            """);

        Assert.Equal(["JOBS041 Run", "JOBS041 Go"], found.Select(AnalyzerRunner.Describe));
    }

    [Fact]
    public void Every_zone_of_this_system_is_known() =>
        Assert.All(
            TimeZoneInfo.GetSystemTimeZones().Select(static zone => zone.Id).Where(static id => id.Contains('/', StringComparison.Ordinal)),
            id => Assert.True(TimeZoneNames.Contains(id), id));

    private static async Task<string> MessageAsync(string member) =>
        Assert.Single(await RunAsync(member)).GetMessage(CultureInfo.InvariantCulture);

    private static Task<IReadOnlyList<Diagnostic>> RunAsync(string member) => AnalyzerRunner.RunAsync($"public static class ReportJobs {{ {member} }}");
}
