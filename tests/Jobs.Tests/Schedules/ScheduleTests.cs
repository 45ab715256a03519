using System.Text;
using Jobs.Brokers;
using Jobs.Messages;
using Jobs.Schedules;
using Jobs.Stores;
using Jobs.Testing;
using Microsoft.Extensions.DependencyInjection;

namespace Jobs.Tests.Schedules;

/// <summary>Schedules in a whole host: when jobs run, with what, and what configuration and people change.</summary>
public sealed class ScheduleTests
{
    private static readonly DateTimeOffset Start = new(2026, 3, 27, 22, 0, 0, TimeSpan.Zero);

    private readonly ReportLog _log = new();

    private static CancellationToken Token => TestContext.Current.CancellationToken;

    [Fact]
    [Trait("Scenario", "45")]
    public async Task S45_a_cron_schedule_runs_at_its_times_also_on_the_night_that_the_clock_moves()
    {
        await using var host = await StartAsync(new() { ["Jobs:Schedules:reports.nightly:Enabled"] = "true" });

        await host.RunAsync(TimeSpan.FromDays(3), Token);

        Assert.Equal([At("2026-03-28T06:00"), At("2026-03-29T05:00"), At("2026-03-30T05:00")], _log.Runs.Select(run => run.At));
        Assert.All(_log.Runs, run => Assert.Equal(30, run.Days));
        Assert.Equal(["reports.nightly@20260328T060000Z", "reports.nightly@20260329T050000Z", "reports.nightly@20260330T050000Z"], host.Enqueued.Select(job => job.Id.ToString()));
        Assert.Equal("reports.nightly", host.Enqueued[0].Attributes.Schedule);
        Assert.Equal(At("2026-03-28T06:00"), host.Enqueued[0].Attributes.Tick);
    }

    [Fact]
    public async Task An_interval_ticks_on_its_multiples_with_its_args()
    {
        await using var host = await StartAsync(new() { ["Jobs:Schedules:reports.often:Enabled"] = "true" }, Start.AddMinutes(2));

        await host.RunAsync(TimeSpan.FromMinutes(10), Token);

        Assert.Equal([(Start.AddMinutes(5), 7), (Start.AddMinutes(10), 7)], _log.Runs);
    }

    [Fact]
    public async Task Configuration_wins_over_the_attribute_and_adds_schedules()
    {
        await using var host = await StartAsync(new()
        {
            ["Jobs:Schedules:REPORTS.NIGHTLY:Cron"] = "30 * * * *",
            ["Jobs:Schedules:REPORTS.NIGHTLY:TimeZone"] = "UTC",
            ["Jobs:Schedules:REPORTS.NIGHTLY:Enabled"] = "true",
            ["Jobs:Schedules:hourly:Job"] = "Reports.Send",
            ["Jobs:Schedules:hourly:Every"] = "01:00:00",
            ["Jobs:Schedules:hourly:Args"] = """{"address":"ada"}""",
        });

        await host.RunAsync(TimeSpan.FromHours(1), Token);

        Assert.Equal([(Start.AddMinutes(30), 30), (Start.AddMinutes(60), 3)], _log.Runs);
    }

    [Fact]
    public async Task Jitter_delays_each_tick_by_an_amount_of_its_own_that_does_not_change()
    {
        List<DateTimeOffset>[] runs = [[], []];
        foreach (var times in runs)
        {
            _log.Runs.Clear();
            await using var host = await StartAsync(new() { ["Jobs:Schedules:reports.often:Enabled"] = "true", ["Jobs:Schedules:reports.often:Jitter"] = "00:04:00" });
            await host.RunAsync(TimeSpan.FromHours(5) + TimeSpan.FromMinutes(4.5), Token);
            Assert.Equal(60, _log.Runs.Count);
            times.AddRange(host.Enqueued.Select(job => job.Due ?? job.Attributes.Tick!.Value));
        }

        Assert.Equal(runs[0], runs[1]);
        var delays = runs[0].Select(time => TimeSpan.FromTicks(time.Ticks % TimeSpan.FromMinutes(5).Ticks)).ToArray();
        Assert.All(delays, delay => Assert.InRange(delay, TimeSpan.Zero, TimeSpan.FromMinutes(4)));
        Assert.InRange(delays.Distinct().Count(), 50, 60);
        Assert.InRange(delays.Max() - delays.Min(), TimeSpan.FromMinutes(3), TimeSpan.FromMinutes(4));
    }

    [Theory]
    [InlineData("Once", new[] { 90 }, new[] { 90, 120 })]
    [InlineData("Skip", new int[0], new[] { 120 })]
    [InlineData("All", new[] { 30, 60, 90 }, new[] { 30, 60, 90, 120 })]
    [Trait("Scenario", "47")]
    public async Task S47_ticks_that_no_node_was_there_to_send_follow_the_policy(string policy, int[] madeUp, int[] all)
    {
        await using var host = await StartAsync(new() { ["Jobs:Schedules:half:Job"] = "reports.build", ["Jobs:Schedules:half:Every"] = "00:30:00", ["Jobs:Schedules:half:Misfire"] = policy });
        await host.RunAsync(TimeSpan.FromMinutes(10), Token);
        await host.CrashAsync(TimeSpan.FromMinutes(85), Token);

        await host.RunAsync(TimeSpan.Zero, Token);
        Assert.Equal(madeUp.Select(minute => Start.AddMinutes(minute)), TicksOf(host));
        await host.RunAsync(TimeSpan.FromMinutes(30), Token);

        Assert.Equal(all.Select(minute => Start.AddMinutes(minute)), TicksOf(host));
        Assert.Equal(all.Length, _log.Runs.Count);
    }

    [Fact]
    [Trait("Scenario", "47")]
    public async Task S47_all_missed_ticks_are_at_most_as_many_as_told()
    {
        await using var host = await StartAsync(new()
        {
            ["Jobs:Schedules:often:Job"] = "reports.build",
            ["Jobs:Schedules:often:Every"] = "00:05:00",
            ["Jobs:Schedules:often:Misfire"] = "All",
            ["Jobs:Schedules:often:MaxMisfires"] = "3",
        });
        await host.CrashAsync(TimeSpan.FromMinutes(62), Token);

        await host.RunAsync(TimeSpan.FromMinutes(4), Token);

        Assert.Equal([Start.AddMinutes(50), Start.AddMinutes(55), Start.AddMinutes(60), Start.AddMinutes(65)], TicksOf(host));
    }

    [Theory]
    [InlineData("Allow", new[] { 5, 10, 15, 20 })]
    [InlineData("Skip", new[] { 5, 20 })]
    [InlineData("QueueOne", new[] { 5, 15 })]
    [InlineData("CancelPrevious", new[] { 5, 10, 15, 20 })]
    [Trait("Scenario", "48")]
    public async Task S48_a_tick_during_the_run_before_follows_the_policy(string policy, int[] ticks)
    {
        await using var host = await StartAsync(new() { ["Jobs:Schedules:reports.often:Enabled"] = "true", ["Jobs:Schedules:reports.often:Overlap"] = policy });
        _log.Duration = TimeSpan.FromMinutes(12);

        await host.RunAsync(TimeSpan.FromMinutes(21), Token);

        Assert.Equal(ticks.Select(minute => Start.AddMinutes(minute)), TicksOf(host));
    }

    [Fact]
    public async Task The_run_before_is_cancelled_for_good()
    {
        await using var host = await StartAsync(new() { ["Jobs:Schedules:reports.often:Enabled"] = "true", ["Jobs:Schedules:reports.often:Overlap"] = "CancelPrevious" });
        _log.Duration = TimeSpan.FromMinutes(12);

        await host.RunAsync(TimeSpan.FromMinutes(11), Token);

        Assert.Equal([Start.AddMinutes(5), Start.AddMinutes(10)], _log.Runs.Select(run => run.At));
        // The news of a cancel travels in real time.
        for (var i = 0; host.Running > 1 && i < 3_000; i++)
        {
            await Task.Delay(TimeSpan.FromMilliseconds(10), TimeProvider.System, Token);
            await host.RunAsync(TimeSpan.FromMilliseconds(50), Token);
        }

        Assert.Equal(1, host.Running);
        Assert.Equal("reports.often@20260327T220500Z", Assert.Single(host.Outcomes).Id.ToString());
    }

    [Fact]
    [Trait("Scenario", "48")]
    public async Task S48_a_run_that_died_does_not_hold_up_the_next_tick()
    {
        await using var host = await StartAsync(new() { ["Jobs:Schedules:reports.often:Enabled"] = "true", ["Jobs:Schedules:reports.often:Overlap"] = "Skip" });
        _log.Failures = 1;

        await host.RunAsync(TimeSpan.FromMinutes(10), Token);

        Assert.Equal("reports.often@20260327T220500Z", host.SingleDeadLetter().Message!.Id.ToString());
        Assert.Equal([Start.AddMinutes(10)], _log.Runs.Select(run => run.At));
    }

    [Fact]
    public async Task A_second_copy_of_a_tick_is_dropped_when_it_starts()
    {
        await using var host = await StartAsync(new() { ["Jobs:Schedules:reports.often:Enabled"] = "true" });
        await host.RunToNextTickAsync("reports.often", Token);
        Assert.Single(_log.Runs);

        // A node that was frozen after its claim wakes up, longer after than the broker remembers ids.
        await SetClaimAsync(host, Start.AddMinutes(5));
        await host.RunAsync(TimeSpan.FromMinutes(11), Token);
        var copy = JobMessage.FromBytes(Encode(host.GetScheduled("reports.often")[0]));
        var results = new SendResult[1];
        await host.Broker.SendAsync(new[] { copy }, results, Token);
        Assert.True(results[0].IsStored);
        var ended = host.Outcomes.Count;
        await host.RunAsync(TimeSpan.Zero, Token);

        Assert.Equal(ended + 1, host.Outcomes.Count);
        // The claim that nobody finishes holds the next tick up for its lease.
        Assert.Equal([Start.AddMinutes(5), Start.AddMinutes(10.5), Start.AddMinutes(15)], _log.Runs.Select(run => run.At));
    }

    [Fact]
    public async Task A_claim_whose_node_fell_silent_is_taken_over_with_the_same_id()
    {
        await using var host = await StartAsync(new() { ["Jobs:Schedules:reports.often:Enabled"] = "true" });
        await host.RunAsync(TimeSpan.FromMinutes(1), Token);
        await SetClaimAsync(host, Start.AddMinutes(5));

        await host.RunAsync(TimeSpan.FromMinutes(4), Token);
        Assert.Empty(_log.Runs);
        await host.RunAsync(TimeSpan.FromSeconds(31), Token);

        Assert.Equal(["reports.often@20260327T220500Z"], host.Enqueued.Select(job => job.Id.ToString()));
        Assert.Single(_log.Runs);
    }

    [Fact]
    [Trait("Scenario", "45")]
    public async Task S45_a_record_from_the_future_is_set_back()
    {
        await using var host = await StartAsync(new() { ["Jobs:Schedules:reports.often:Enabled"] = "true" });
        await host.RunAsync(TimeSpan.FromMinutes(1), Token);
        await SetRecordAsync(host, record => record with { Done = Start.AddYears(10) });

        await host.RunAsync(TimeSpan.FromMinutes(12), Token);

        Assert.Equal([Start.AddMinutes(10)], _log.Runs.Select(run => run.At));
    }

    [Fact]
    public async Task A_store_that_fails_makes_ticks_late_and_says_so_once()
    {
        await using var host = await StartAsync(new() { ["Jobs:Schedules:reports.often:Enabled"] = "true" });
        await host.RunAsync(TimeSpan.FromMinutes(1), Token);
        var store = host.Services.GetRequiredService<IJobStore>();
        var record = (await store.GetAsync("schedule:reports.often", Token))!;
        await store.PutAsync(record.Key, "?"u8.ToArray(), StoreCondition.Always, null, Token);

        await host.RunAsync(TimeSpan.FromMinutes(5), Token);
        Assert.Empty(_log.Runs);
        await store.PutAsync(record.Key, record.Value, StoreCondition.Always, null, Token);
        await host.RunAsync(TimeSpan.FromSeconds(40), Token);

        host.ShouldHaveTicked("reports.often", Start.AddMinutes(5));
        Assert.Single(_log.Runs);
    }

    [Fact]
    public async Task A_schedule_is_paused_resumed_changed_reset_and_run_at_run_time()
    {
        await using var host = await StartAsync(new() { ["Jobs:Schedules:reports.often:Enabled"] = "true" });
        var schedules = host.Services.GetRequiredService<IJobSchedules>();
        await host.RunAsync(TimeSpan.FromMinutes(5), Token);

        await schedules.PauseAsync("Reports.Often", Token);
        await host.RunAsync(TimeSpan.FromMinutes(13), Token);
        Assert.Single(_log.Runs);
        var paused = Assert.Single(await schedules.ListAsync(Token), schedule => schedule.Name == "reports.often");
        Assert.True(paused.IsPaused);
        Assert.Empty(paused.NextTicks);

        var extra = await schedules.RunNowAsync("reports.often", Token);
        await host.RunAsync(TimeSpan.Zero, Token);
        Assert.Equal((Start.AddMinutes(18), 7), _log.Runs[^1]);
        Assert.StartsWith("reports.often@20260327T221800Z-", extra.Id.ToString(), StringComparison.Ordinal);

        await schedules.ResumeAsync("reports.often", Token);
        await host.RunAsync(TimeSpan.FromMinutes(3), Token);
        Assert.Equal(Start.AddMinutes(20), _log.Runs[^1].At);
        Assert.Equal(3, _log.Runs.Count);

        await schedules.ChangeAsync("reports.often", ScheduleTimes.Cron("*/2 * * * *"), Token);
        await host.RunAsync(TimeSpan.FromMinutes(2), Token);
        Assert.Equal(Start.AddMinutes(22), _log.Runs[^1].At);
        var changed = Assert.Single(await schedules.ListAsync(Token), schedule => schedule.Name == "reports.often");
        Assert.True(changed.IsChanged);
        Assert.Equal("*/2 * * * *", changed.Times.Expression);
        Assert.Equal(Start.AddMinutes(22), changed.LastTick);
        Assert.Equal([24, 26, 28, 30, 32], changed.NextTicks.Select(tick => (int)(tick - Start).TotalMinutes));

        await schedules.ResetAsync("reports.often", Token);
        await host.RunAsync(TimeSpan.FromMinutes(4), Token);
        Assert.Equal(Start.AddMinutes(25), _log.Runs[^1].At);
        Assert.Equal(5, _log.Runs.Count);
    }

    [Fact]
    [Trait("Scenario", "49")]
    public async Task S49_a_deploy_with_other_times_counts_from_its_start_and_drops_what_was_set()
    {
        var interval = "00:30:00";
        await using var host = await JobTestHost.StartAsync(
            jobs =>
            {
                ReportJobsClient.Register(jobs);
                jobs.Configure(options => options.Schedules["half"] = new() { Job = "reports.build", Every = TimeSpan.Parse(interval, System.Globalization.CultureInfo.InvariantCulture) });
            },
            Options([]),
            Token);
        await host.Services.GetRequiredService<IJobSchedules>().ChangeAsync("half", ScheduleTimes.Every(TimeSpan.FromDays(1)), Token);

        interval = "00:10:00";
        await host.RestartAsync(TimeSpan.FromMinutes(55), Token);
        await host.RunAsync(TimeSpan.FromMinutes(10), Token);

        Assert.Equal([Start.AddMinutes(60)], TicksOf(host));
    }

    [Fact]
    public async Task A_name_that_is_not_known_says_which_are()
    {
        await using var host = await StartAsync([]);
        var schedules = host.Services.GetRequiredService<IJobSchedules>();

        var unknown = await Assert.ThrowsAsync<ArgumentException>(async () => await schedules.PauseAsync("reports.nightli", Token));
        Assert.Contains("Did you mean 'reports.nightly'?", unknown.Message, StringComparison.Ordinal);
        var wrong = await Assert.ThrowsAsync<ArgumentException>(async () => await schedules.ChangeAsync("reports.nightly", ScheduleTimes.Cron("0 25 * * *"), Token));
        Assert.Contains("Write 0 to 23", wrong.Message, StringComparison.Ordinal);
    }

    [Theory]
    [InlineData("Jobs:Schedules:reports.nightly:Cron", "0 25 * * *", "Jobs:Schedules:reports.nightly) cannot be used. The hour '25' at character 3 is wrong")]
    [InlineData("Jobs:Schedules:reports.nightly:Cron", "0 0 30 2 *", "never fires")]
    [InlineData("Jobs:Schedules:reports.nightly:TimeZone", "Mars/Olympus", "The time zone 'Mars/Olympus' is not known to this system")]
    [InlineData("Jobs:Schedules:reports.nightly:Every", "00:00:00", "Jobs:Schedules:reports.nightly:Every must be 00:00:01 to 365.00:00:00")]
    [InlineData("Jobs:Schedules:reports.nightly:Every", "30", "Jobs:Schedules:reports.nightly:Every must be a duration")]
    [InlineData("Jobs:Schedules:reports.nightly:Job", "reports.bild", "Jobs:Schedules:reports.nightly:Job is 'reports.bild', which is no job of this host. Did you mean 'reports.build'?")]
    [InlineData("Jobs:Schedules:reports.nightly:Overlap", "Wait", "Jobs:Schedules:reports.nightly:Overlap must be one of Allow, Skip, QueueOne, CancelPrevious")]
    [InlineData("Jobs:Schedules:reports.nightly:Args", """{"days":"x"}""", "has arguments that job 'reports.build' (Jobs.Tests.Schedules.ReportJobs.Build) does not take")]
    [InlineData("Jobs:Schedules:reports.nightly:Args", "{", "does not take")]
    [InlineData("Jobs:Schedules:reports.nightly:Cronn", "", "Jobs:Schedules:reports.nightly:Cronn is not known. Did you mean 'Cron'?")]
    [InlineData("Jobs:Schedules:reports.nightli:Enabled", "true", "Jobs:Schedules:reports.nightli names no schedule of this host; set Jobs:Schedules:reports.nightli:Job if it is a new one. Did you mean 'reports.nightly'?")]
    [InlineData("Jobs:Schedules:mine:Job", "reports.build", "set Jobs:Schedules:mine:Cron or Jobs:Schedules:mine:Every")]
    public async Task A_mistake_in_configuration_fails_the_start(string path, string value, string expected)
    {
        var error = await Assert.ThrowsAnyAsync<Exception>(() => StartAsync(new() { [path] = value }));
        Assert.Contains(expected, error.Message, StringComparison.Ordinal);
    }

    [Fact]
    public async Task Two_kinds_of_times_fail_the_start()
    {
        var error = await Assert.ThrowsAnyAsync<Exception>(() => StartAsync(new() { ["Jobs:Schedules:often:Job"] = "reports.build", ["Jobs:Schedules:often:Cron"] = "@daily", ["Jobs:Schedules:often:Every"] = "01:00:00" }));
        Assert.Contains("Jobs:Schedules:often:Cron and Jobs:Schedules:often:Every exclude each other", error.Message, StringComparison.Ordinal);
    }

    private static byte[] Encode(EnqueuedJob job) => Encoding.UTF8.GetBytes(
        $$$"""{"specversion":"1.0","id":"{{{job.Id}}}","source":"/jobs","type":"{{{job.Name}}}","jobschedule":"{{{job.Attributes.Schedule}}}","jobtick":"{{{job.Attributes.Tick:yyyy-MM-ddTHH:mm:ssZ}}}","data":{}}""");

    private static Task SetClaimAsync(JobTestHost host, DateTimeOffset tick) =>
        SetRecordAsync(host, record => record with { Claim = tick, Owner = "another node" });

    private static async Task SetRecordAsync(JobTestHost host, Func<ScheduleRecord, ScheduleRecord> change)
    {
        var store = host.Services.GetRequiredService<IJobStore>();
        var entry = (await store.GetAsync("schedule:reports.often", Token))!;
        Assert.True(ScheduleRecord.TryDecode(entry.Value, out var record));
        await store.PutAsync(entry.Key, change(record).Encode(), StoreCondition.IfVersion(entry.Version), null, Token);
    }

    private static IEnumerable<DateTimeOffset> TicksOf(JobTestHost host) => host.Enqueued.Select(job => job.Attributes.Tick!.Value);

    private static DateTimeOffset At(string utc) => DateTimeOffset.Parse(utc + "Z", System.Globalization.CultureInfo.InvariantCulture);

    private Task<JobTestHost> StartAsync(Dictionary<string, string?> configuration, DateTimeOffset? start = null) =>
        JobTestHost.StartAsync(ReportJobsClient.Register, Options(configuration, start), Token);

    private JobTestHostOptions Options(Dictionary<string, string?> configuration, DateTimeOffset? start = null)
    {
        var options = new JobTestHostOptions { StartTime = start ?? Start, Services = services => services.AddSingleton(provider =>
        {
            _log.Time = provider.GetRequiredService<TimeProvider>();
            return _log;
        }) };
        foreach (var (path, value) in configuration)
        {
            options.Configuration[path] = value;
        }

        return options;
    }
}
