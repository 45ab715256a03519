using Jobs.Brokers;
using Jobs.Tests.Definitions;

namespace Jobs.Tests.Scenarios;

/// <summary>Scenarios 1 to 10: deliveries and leases.</summary>
public sealed class LeaseScenarios : IAsyncDisposable
{
    private readonly Bench _bench = new();

    public ValueTask DisposeAsync() => _bench.DisposeAsync();

    [Fact]
    [Trait("Mistake", "D3")]
    [Trait("Mistake", "D5")]
    public async Task S01_a_worker_killed_while_its_handler_runs_loses_no_job_and_burns_no_attempt()
    {
        var first = await _bench.StartAsync(node => node.Handle(_ => _bench.Released));
        await _bench.EnqueueAsync(new NumberArgs(1));
        await _bench.UntilAsync(() => _bench.Calls.Count == 1);
        await first.KillAsync();
        var second = await _bench.StartAsync(node => node.Handle(_ => Task.CompletedTask));

        await _bench.AdvanceAsync(Bench.Lease - TimeSpan.FromSeconds(1));
        Assert.Single(_bench.Calls);
        await _bench.AdvanceAsync(TimeSpan.FromSeconds(1));
        await _bench.UntilAsync(() => second.Probe.Settled.Count == 1);

        var call = _bench.Calls[1];
        Assert.Same(second, call.Node);
        Assert.Equal((1, 1, true), (call.Attempt, call.Crashes, call.IsRedelivered));
        Assert.Equal(_bench.Calls[0].Id, call.Id);
        await _bench.QuietAsync();
        Assert.Equal(2, _bench.Calls.Count);
    }

    [Fact]
    public async Task S02_a_worker_killed_between_success_and_acknowledgement_makes_exactly_one_duplicate_that_says_so()
    {
        var first = await _bench.StartAsync(node => node.Handle(_ => Task.CompletedTask));
        first.Probe.OnSettle = async (settlements, _) =>
        {
            await first.KillAsync();
            return new SettleResult[settlements.Length];
        };
        await _bench.EnqueueAsync(new NumberArgs(1));
        await _bench.UntilAsync(() => first.Probe.IsCut);
        var second = await _bench.StartAsync(node => node.Handle(_ => Task.CompletedTask));

        await _bench.AdvanceAsync(Bench.Lease);
        await _bench.UntilAsync(() => second.Probe.Settled.Count == 1);
        await _bench.QuietAsync();

        Assert.Equal([false, true], _bench.Calls.Select(call => call.IsRedelivered));
        Assert.Equal(SettleKind.Complete, Assert.Single(_bench.Settled).Kind);
    }

    [Fact]
    public async Task S03_a_settlement_that_fails_costs_one_more_run_and_not_the_worker()
    {
        var node = await _bench.StartAsync(node => node.Handle(_ => Task.CompletedTask));
        var failures = 1;
        node.Probe.OnSettle = (_, settleAsync) => Interlocked.Decrement(ref failures) >= 0 ? throw new IOException("away") : settleAsync();
        await _bench.EnqueueAsync(new NumberArgs(1));
        await _bench.UntilAsync(() => _bench.Logs.Count(5003) == 1);
        Assert.Single(_bench.Calls);

        await _bench.AdvanceAsync(Bench.Lease);
        await _bench.UntilAsync(() => node.Probe.Settled.Count == 1);
        await _bench.QuietAsync();

        Assert.Equal([(1, 0), (1, 1)], _bench.Calls.Select(call => (call.Attempt, call.Crashes)));
    }

    [Fact]
    public async Task S04_a_lost_answer_makes_no_duplicate_and_no_error_loop()
    {
        var node = await _bench.StartAsync(node => node.Handle(_ => Task.CompletedTask));
        node.Probe.OnSettle = async (_, settleAsync) =>
        {
            var results = await settleAsync();
            return new SettleResult[results.Length];
        };
        await _bench.EnqueueAsync(new NumberArgs(1));
        await _bench.UntilAsync(() => node.Probe.Settled.Count == 1);
        await _bench.AdvanceAsync(Bench.Lease * 3);
        await _bench.QuietAsync();

        Assert.Single(_bench.Calls);
        Assert.Equal(1, _bench.Logs.Count(5003));
    }

    [Fact]
    public async Task S05_a_handler_of_ten_leases_is_renewed_and_delivered_once()
    {
        var end = new TaskCompletionSource();
        var first = await _bench.StartAsync(node => node.Handle(_ => end.Task));
        await _bench.EnqueueAsync(new NumberArgs(1));
        await _bench.UntilAsync(() => _bench.Calls.Count == 1);
        await _bench.StartAsync(node => node.Handle(_ => Task.CompletedTask));

        await _bench.AdvanceAsync(Bench.Lease * 10);
        end.SetResult();
        await _bench.UntilAsync(() => _bench.Settled.Any());
        await _bench.QuietAsync();

        Assert.Single(_bench.Calls);
        Assert.Equal(SettleKind.Complete, Assert.Single(first.Probe.Settled).Kind);
    }

    [Fact]
    public async Task S06_a_worker_that_cannot_renew_cancels_its_run_says_nothing_and_the_job_runs_elsewhere()
    {
        var end = new TaskCompletionSource();
        // One place, so that the job cannot come back to where it is already.
        var first = await _bench.StartAsync(node => node.Handle(_ => end.Task).Configure(options => options.Worker.Concurrency = 1));
        await _bench.EnqueueAsync(new NumberArgs(1));
        await _bench.UntilAsync(() => _bench.Calls.Count == 1);
        first.Probe.OnRenew = _ => SettleResult.Unknown;
        var second = await _bench.StartAsync(node => node.Handle(_ => Task.CompletedTask));

        await _bench.AdvanceAsync(Bench.Lease + TimeSpan.FromSeconds(4));
        await _bench.UntilAsync(() => second.Probe.Settled.Count == 1);
        Assert.True(_bench.Calls[0].Token.IsCancellationRequested);
        end.SetResult();
        await _bench.QuietAsync();

        Assert.Empty(first.Probe.Settled);
        Assert.Equal(SettleKind.Complete, Assert.Single(_bench.Settled).Kind);
        Assert.Equal(1, _bench.Logs.Count(4001));
    }

    [Fact]
    public async Task S08_a_stale_owner_that_wakes_up_completes_nothing()
    {
        var end = new TaskCompletionSource();
        // One place, so that the job cannot come back to where it is already.
        var first = await _bench.StartAsync(node => node.Handle(_ => end.Task).Configure(options => options.Worker.Concurrency = 1));
        await _bench.EnqueueAsync(new NumberArgs(1));
        await _bench.UntilAsync(() => _bench.Calls.Count == 1);

        // It sleeps, and does not know.
        first.Probe.OnRenew = _ => SettleResult.Ok;
        var second = await _bench.StartAsync(node => node.Handle(_ => Task.CompletedTask));
        await _bench.AdvanceAsync(TimeSpan.FromSeconds(45));
        await _bench.UntilAsync(() => second.Probe.Settled.Count == 1);
        end.SetResult();
        await _bench.UntilAsync(() => first.Probe.Settled.Count == 1);
        await _bench.QuietAsync();

        Assert.Equal(SettleResult.LeaseLost, first.Probe.Settled.Single().Result);
        Assert.Equal(SettleResult.Ok, second.Probe.Settled.Single().Result);
        Assert.Equal(2, _bench.Calls.Count);
        Assert.Equal(1, _bench.Logs.Count(5002));
    }

    [Fact]
    public async Task S09_when_completion_and_rescue_meet_one_of_them_wins()
    {
        var end = new TaskCompletionSource();
        var node = await _bench.StartAsync(node => node.Handle(call => call.IsRedelivered ? Task.CompletedTask : end.Task));
        await _bench.EnqueueAsync(new NumberArgs(1));
        await _bench.UntilAsync(() => _bench.Calls.Count == 1);
        node.Probe.OnRenew = _ => SettleResult.Ok;

        // Paused, so that the rescued job waits for its second worker.
        await _bench.Broker.SetPausedAsync(Bench.Queue, true, Bench.Token);
        await _bench.AdvanceAsync(Bench.Lease);
        Assert.Equal(1, _bench.Depth().Waiting);
        end.SetResult();
        await _bench.UntilAsync(() => node.Probe.Settled.Count == 1);
        await _bench.Broker.SetPausedAsync(Bench.Queue, false, Bench.Token);
        await _bench.QuietAsync();

        Assert.Single(_bench.Calls);
        Assert.Equal(SettleResult.Ok, node.Probe.Settled.Single().Result);
    }

    [Fact]
    public async Task S10_what_was_received_and_could_not_start_is_handed_to_others_without_an_attempt_burnt()
    {
        var first = await _bench.StartAsync(node => node.Handle(_ => _bench.Released).Configure(options =>
        {
            options.Worker.Concurrency = 1;
            options.Queues[Bench.Queue] = new() { Concurrency = 1 };
        }).Handle<TextArgs>(_ => _bench.Released).Override("test.text", job => job.Queue = "other"));

        // Two queues with a place each, one permit: what the second queue received waits at the gate.
        await _bench.EnqueueAsync(new NumberArgs(1));
        await _bench.UntilAsync(() => _bench.Calls.Count == 1);
        await _bench.EnqueueAsync(new TextArgs("waits"));
        await _bench.UntilAsync(() => first.Gate.InHand == 2);
        var second = await _bench.StartAsync(node => node
            .Handle<TextArgs>(_ => Task.CompletedTask).Override("test.text", job => job.Queue = "other"));

        await _bench.DriveUntilAsync(() => second.Probe.Settled.Count == 1, TimeSpan.FromSeconds(1));

        var call = _bench.Calls[1];
        Assert.Equal((second, 1, 0), (call.Node, call.Attempt, call.Crashes));
        Assert.All(first.Probe.Settled, settled => Assert.Equal(SettleKind.Release, settled.Kind));
    }
}
