using Jobs.Brokers;
using Jobs.Messages;
using Jobs.Schedules;
using Jobs.Tests.Definitions;
using Jobs.Tests.Scenarios;

namespace Jobs.Tests.Schedules;

/// <summary>Schedules on several nodes, which come, go and disagree.</summary>
public sealed class ScheduleScenarios : IAsyncDisposable
{
    private const string Schedule = "often";
    private static readonly TimeSpan Step = TimeSpan.FromSeconds(5);

    private readonly Bench _bench = new();

    public ValueTask DisposeAsync() => _bench.DisposeAsync();

    [Fact]
    [Trait("Scenario", "46")]
    public async Task S46_nodes_that_are_replaced_every_twenty_seconds_send_each_tick_once()
    {
        var begun = _bench.Clock.GetUtcNow();
        for (var i = 0; _bench.Clock.GetUtcNow() < begun.AddMinutes(16); i++)
        {
            var (first, second) = (await StartAsync(minutes: 5), await StartAsync(minutes: 5));
            var end = _bench.Clock.GetUtcNow() + TimeSpan.FromSeconds(20);
            await _bench.DriveUntilAsync(() => _bench.Clock.GetUtcNow() >= end, Step);
            await (i % 2 == 0 ? first.CrashAsync() : _bench.DriveAsync(first.StopAsync()));
            await _bench.DriveAsync(second.StopAsync());

            // Some ticks fall due while nobody is there.
            _bench.Clock.Advance(TimeSpan.FromSeconds(15));
        }

        await StartAsync(minutes: 5);
        await DriveToAsync(begun.AddMinutes(20));

        Assert.Equal([5, 10, 15, 20], Ticks());
    }

    [Fact]
    [Trait("Scenario", "49")]
    public async Task S49_a_tick_that_waits_while_its_schedule_is_removed_runs_once_and_is_the_last()
    {
        await _bench.Broker.SetPausedAsync(Bench.Queue, true, Bench.Token);
        var old = await StartAsync(minutes: 5);
        await _bench.DriveUntilAsync(() => _bench.Depth().Waiting == 1, Step);
        await _bench.DriveAsync(old.StopAsync());

        await StartAsync(minutes: null);
        await _bench.Broker.SetPausedAsync(Bench.Queue, false, Bench.Token);
        await DriveToAsync(_bench.Clock.GetUtcNow().AddMinutes(30));

        Assert.Equal([5], Ticks());
    }

    [Fact]
    [Trait("Scenario", "49")]
    public async Task S49_while_two_versions_of_a_schedule_run_the_one_that_started_last_counts()
    {
        await StartAsync(minutes: 10);
        await DriveToAsync(_bench.Clock.GetUtcNow().AddMinutes(31));
        await StartAsync(minutes: 30);
        await DriveToAsync(_bench.Clock.GetUtcNow().AddMinutes(30));

        Assert.Equal([10, 20, 30, 60], Ticks());
    }

    [Fact]
    [Trait("Scenario", "54")]
    public async Task S54_a_tick_that_kills_its_workers_is_quarantined_and_the_next_one_runs()
    {
        const int MaxCrashes = 2;
        for (var deaths = 0; deaths <= MaxCrashes; deaths++)
        {
            var victim = await _bench.StartAsync(node => Configure(node, minutes: 60)
                .Handle(call => call.Node.CrashAsync().ContinueWith(_ => _bench.Released, TaskScheduler.Default).Unwrap())
                .Override("test.number", static job => job.MaxCrashes = MaxCrashes));
            await _bench.DriveUntilAsync(() => victim.Probe.IsCut, Step);
        }

        var poison = Assert.Single(_bench.Calls.Select(static call => call.Id).Distinct());
        await _bench.StartAsync(static node => Configure(node, minutes: 60)
            .Handle(static _ => Task.CompletedTask)
            .Override("test.number", static job => job.MaxCrashes = MaxCrashes));
        await _bench.DriveUntilAsync(() => _bench.Calls.Any(call => call.Id != poison), Step);

        var letter = Assert.Single(_bench.DeadLetters());
        Assert.Equal((poison.ToString(), DeadLetterReason.Poison), (letter.Key, letter.Reason));
        Assert.Equal(MaxCrashes + 1, _bench.Calls.Count(call => call.Id == poison));
    }

    private static NodeBuilder Configure(NodeBuilder node, int minutes) => node.Configure(options =>
        options.Schedules[Schedule] = new ScheduleOptions { Job = "test.number", Every = TimeSpan.FromMinutes(minutes), Args = """{"value":1}""" });

    private Task<Node> StartAsync(int? minutes) => _bench.StartAsync(node =>
    {
        node.Handle(static _ => Task.CompletedTask);
        if (minutes is { } interval)
        {
            Configure(node, interval);
        }
    });

    private async Task DriveToAsync(DateTimeOffset time)
    {
        await _bench.DriveUntilAsync(() => _bench.Clock.GetUtcNow() >= time, Step);
        await _bench.QuietAsync();
    }

    // The minutes of the ticks that ran, in order; a run too many shows.
    private IEnumerable<int> Ticks() => _bench.Calls.Select(static call => (int)call.Context.Tick!.Value.TimeOfDay.TotalMinutes).Order();
}
