using System.Collections.Concurrent;
using Jobs.Brokers;
using Jobs.Tests.Definitions;
using Jobs.Tests.Scenarios;
using Microsoft.Extensions.DependencyInjection;

namespace Jobs.Tests.Claims;

/// <summary>Scenario 66: the work of an idempotent job is seen as promised, and never skipped, wherever its worker dies.</summary>
public sealed class IdempotencyScenarios : IAsyncDisposable
{
    private static readonly TimeSpan Step = TimeSpan.FromMilliseconds(250);

    private readonly Bench _bench = new();
    private readonly ConcurrentQueue<int> _effects = new();

    /// <summary>Where a worker dies.</summary>
    public enum Moment
    {
        BeforeEffect,
        InEffect,
        AfterEffect,
        BeforeDoneMarker,
        AfterDoneMarker,
        BeforeAck,
        AfterAck,
    }

    public ValueTask DisposeAsync() => _bench.DisposeAsync();

    [Theory]
    [Trait("Scenario", "66")]
    [Trait("Mistake", "D14")]
    [InlineData(Moment.BeforeEffect, 1)]
    [InlineData(Moment.InEffect, 1)]
    [InlineData(Moment.AfterEffect, 2)]
    [InlineData(Moment.BeforeDoneMarker, 2)]
    [InlineData(Moment.AfterDoneMarker, 1)]
    [InlineData(Moment.BeforeAck, 1)]
    [InlineData(Moment.AfterAck, 1)]
    public async Task S66_a_worker_that_dies_never_costs_the_effect_and_repeats_it_only_if_it_could_not_say_that_it_is_there(Moment moment, int effects)
    {
        var dead = await _bench.StartAsync(node => node.HandleResult<OnceArgs>(async call =>
        {
            if (moment == Moment.BeforeEffect)
            {
                await DieAsync(call.Node);
            }

            await Task.Yield();
            if (moment == Moment.InEffect)
            {
                await DieAsync(call.Node);
            }

            _effects.Enqueue(1);
            if (moment == Moment.AfterEffect)
            {
                await DieAsync(call.Node);
            }

            return "first";
        }));
        dead.Store.OnPut = async key =>
        {
            if (key.StartsWith("done:", StringComparison.Ordinal) && moment == Moment.BeforeDoneMarker)
            {
                await DieAsync(dead);
            }
        };
        dead.Probe.OnSettle = async (_, through) =>
        {
            // The marker is the last thing before.
            if (moment is Moment.AfterDoneMarker or Moment.BeforeAck)
            {
                await DieAsync(dead);
            }

            var answers = await through();
            if (moment == Moment.AfterAck)
            {
                await dead.CrashAsync();
            }

            return answers;
        };
        var handle = await dead.Client.EnqueueAsync<OnceArgs, string>(new OnceArgs(1), cancellationToken: Bench.Token);
        await _bench.UntilAsync(() => dead.Probe.IsCut);

        var next = await _bench.StartAsync(node => node.HandleResult<OnceArgs>(_ =>
        {
            _effects.Enqueue(2);
            return Task.FromResult("second");
        }));
        if (moment != Moment.AfterAck)
        {
            await _bench.DriveUntilAsync(() => next.Probe.Settled.Any(static settled => settled.Kind == SettleKind.Complete), Step);
        }

        Assert.Equal(effects, _effects.Count);
        Assert.Equal(effects == 2 || moment is Moment.BeforeEffect or Moment.InEffect ? "second" : "first", await ResultAsync(next, handle.Id));
        Assert.Empty(_bench.DeadLetters());

        // Whoever comes later with the same key finds it done.
        await EnqueueAsync(next, 1);
        await _bench.DriveUntilAsync(() => _bench.Depth() is { Waiting: 0, InFlight: 0, Delayed: 0 }, Step);
        Assert.Equal(effects, _effects.Count);
    }

    [Fact]
    [Trait("Scenario", "66")]
    [Trait("Mistake", "D1")]
    public async Task D1_a_run_that_failed_leaves_no_mark_and_runs_again()
    {
        var node = await _bench.StartAsync(node => node.HandleResult<OnceArgs>(call =>
        {
            if (call.Attempt < 3)
            {
                throw new IOException("busy");
            }

            _effects.Enqueue(call.Attempt);
            return Task.FromResult("done");
        }));
        await EnqueueAsync(node, 1);
        await _bench.UntilAsync(() => _bench.Depth().Delayed == 1);
        await _bench.RestAsync();
        Assert.Equal(0, await SoleAsync(1));
        await _bench.DriveUntilAsync(() => Completed() == 1, Step);
        await EnqueueAsync(node, 1);
        await _bench.DriveUntilAsync(() => Completed() == 2, Step);

        // Not once did it have to wait for a right that a failed run had kept.
        Assert.DoesNotContain(_bench.Settled, static settled => settled.Kind == SettleKind.Defer);
        Assert.Equal([3], _effects);
        Assert.Equal(1, _bench.Logs.Count(13004));
    }

    [Fact]
    [Trait("Mistake", "D1")]
    public async Task D1_a_job_that_was_dead_lettered_and_replayed_runs()
    {
        var node = await _bench.StartAsync(node => node.HandleResult<OnceArgs>(call =>
            _bench.Calls.Count == 1 ? throw new DeadLetterJobException("no such order") : Task.FromResult("done")));
        await EnqueueAsync(node, 1);
        await _bench.UntilAsync(() => _bench.DeadLetters().Count == 1);
        await _bench.Broker.ReplayDeadLetterAsync(Bench.Queue, _bench.DeadLetters()[0].Key, Bench.Token);
        await _bench.DriveUntilAsync(() => Completed() == 1, Step);

        Assert.Equal(2, _bench.Calls.Count);
    }

    [Fact]
    [Trait("Mistake", "D14")]
    public async Task D14_of_many_jobs_with_one_key_that_come_at_once_one_runs_and_the_others_have_its_result()
    {
        for (var i = 0; i < 3; i++)
        {
            await _bench.StartAsync(node => node.HandleResult<OnceArgs>(async call =>
            {
                _effects.Enqueue(1);
                await Task.Delay(TimeSpan.FromSeconds(1), _bench.Time);
                return $"by {call.Id}";
            }));
        }

        var ids = new List<JobId>();
        for (var i = 0; i < 20; i++)
        {
            ids.Add(await EnqueueAsync(_bench.Nodes[i % 3], 7));
        }

        await _bench.DriveUntilAsync(() => Completed() == 20, Step);

        Assert.Single(_effects);
        var results = new HashSet<string>();
        foreach (var id in ids)
        {
            results.Add(await ResultAsync(_bench.Nodes[0], id));
        }

        Assert.Equal($"by {_bench.Calls[0].Id}", Assert.Single(results));
        Assert.Equal(0, await SoleAsync(7));
    }

    [Fact]
    [Trait("Mistake", "D2")]
    public async Task D2_one_that_is_late_takes_the_right_from_nobody_who_has_it_by_now()
    {
        var late = new TaskCompletionSource(TaskCreationOptions.RunContinuationsAsynchronously);
        var first = await _bench.StartAsync(node => node.HandleResult<OnceArgs>(async _ =>
        {
            await late.Task;
            throw new IOException("stale");
        }));
        await EnqueueAsync(first, 1);
        await _bench.UntilAsync(() => _bench.Calls.Count == 1);
        await first.CrashAsync();

        var second = await _bench.StartAsync(node => node.HandleResult<OnceArgs>(async _ =>
        {
            await Task.Delay(TimeSpan.FromMinutes(5), _bench.Time);
            _effects.Enqueue(2);
            return "second";
        }));
        await _bench.DriveUntilAsync(() => _bench.Calls.Count == 2, Step);

        // It was only paused, and goes on.
        first.Store.IsAway = false;
        late.SetResult();
        await _bench.UntilAsync(() => _bench.Logs.Count(4001) > 0 || first.Gate.InHand == 0);
        Assert.Equal(1, await SoleAsync(1));
        await EnqueueAsync(second, 1);
        await _bench.DriveUntilAsync(() => second.Probe.Settled.Count(static settled => settled.Kind == SettleKind.Complete) == 2, Step);

        Assert.Equal([2], _effects);
    }

    [Fact]
    [Trait("Scenario", "75")]
    public async Task A_worker_that_dies_with_what_its_job_enqueued_does_not_cost_that_either()
    {
        var dead = await _bench.StartAsync(Jobs);
        dead.Probe.OnSettle = async (_, through) =>
        {
            await DieAsync(dead);
            return await through();
        };
        await EnqueueAsync(dead, 1);
        await _bench.UntilAsync(() => dead.Probe.IsCut);

        var next = await _bench.StartAsync(Jobs);
        await _bench.DriveUntilAsync(() => next.Probe.Settled.Count(static settled => settled.Kind == SettleKind.Complete) == 2, Step);
        Assert.Equal(2, _effects.Count);
        Assert.Contains(_bench.Calls, static call => call.Args is NumberArgs { Value: 5 });

        // From the acknowledgement on the work is done.
        await EnqueueAsync(next, 1);
        await _bench.DriveUntilAsync(() => next.Probe.Settled.Count(static settled => settled.Kind == SettleKind.Complete) == 3, Step);
        Assert.Equal(2, _effects.Count);

        void Jobs(NodeBuilder node) => node
            .Handle(static _ => Task.CompletedTask)
            .HandleResult<OnceArgs>(async call =>
            {
                _effects.Enqueue(1);
                await call.Node.Client.EnqueueAsync(new NumberArgs(5), cancellationToken: Bench.Token);
                return "done";
            });
    }

    [Fact]
    public async Task What_is_done_is_remembered_for_as_long_as_the_job_says()
    {
        var node = await _bench.StartAsync(node => node.HandleResult<OnceArgs>(static _ => Task.FromResult("done")));
        await EnqueueAsync(node, 1);
        await EnqueueAsync(node, 2);
        await _bench.QuietAsync();
        Assert.Equal(2, _bench.Calls.Count);

        _bench.Clock.Advance(TimeSpan.FromHours(23.9));
        await EnqueueAsync(node, 1);
        await _bench.QuietAsync();
        Assert.Equal(2, _bench.Calls.Count);

        _bench.Clock.Advance(TimeSpan.FromHours(0.2));
        await EnqueueAsync(node, 1);
        await _bench.DriveUntilAsync(() => _bench.Calls.Count == 3, Step);
    }

    [Fact]
    public async Task Work_that_is_done_waits_for_a_store_that_is_away_before_the_broker_is_told()
    {
        var node = await _bench.StartAsync(node => node.HandleResult<OnceArgs>(call =>
        {
            _effects.Enqueue(1);
            return Task.FromResult("done");
        }));
        var failures = 0;
        var failed = new TaskCompletionSource(TaskCreationOptions.RunContinuationsAsynchronously);
        node.Store.OnPut = key =>
        {
            if (!key.StartsWith("done:", StringComparison.Ordinal) || ++failures > 3)
            {
                return Task.CompletedTask;
            }

            failed.TrySetResult();
            throw new IOException("The store is away.");
        };
        await EnqueueAsync(node, 1);
        await failed.Task.WaitAsync(Bench.Patience, TimeProvider.System, Bench.Token);
        Assert.Equal(0, Completed());
        while (Completed() == 0)
        {
            _bench.Clock.Advance(TimeSpan.FromSeconds(1));
            await Task.Delay(TimeSpan.FromMilliseconds(1), TimeProvider.System, Bench.Token);
        }

        await EnqueueAsync(node, 1);
        await _bench.DriveUntilAsync(() => Completed() == 2, Step);
        Assert.Single(_effects);
    }

    // Nothing happens there any more; the end of the test lets go what hangs.
    private async Task DieAsync(Node node)
    {
        await node.CrashAsync();
        await _bench.Released;
        node.Store.IsAway = false;
    }

    private static async Task<JobId> EnqueueAsync(Node node, int value) =>
        (await node.Client.EnqueueAsync<OnceArgs, string>(new OnceArgs(value), cancellationToken: Bench.Token)).Id;

    private static async Task<string> ResultAsync(Node node, JobId id) => await node.Client.GetHandle<OnceArgs, string>(id).ResultAsync(TimeSpan.FromSeconds(1), Bench.Token);

    private ValueTask<int> SoleAsync(int value) => _bench.Store.CountHeldAsync($"run:test.once:order:{value}", Bench.Token);

    private int Completed() => _bench.Settled.Count(static settled => settled.Kind == SettleKind.Complete);
}
