using Jobs.Brokers;
using Jobs.Tests.Definitions;

namespace Jobs.Tests.Scenarios;

/// <summary>Scenarios 72 to 74: shutdown and restarts.</summary>
public sealed class DrainScenarios : IAsyncDisposable
{
    private static readonly TimeSpan Drain = TimeSpan.FromSeconds(20);
    private readonly Bench _bench = new();
    private readonly TaskCompletionSource _end = new(TaskCreationOptions.RunContinuationsAsynchronously);

    public ValueTask DisposeAsync() => _bench.DisposeAsync();

    [Fact]
    [Trait("Mistake", "D9")]
    public async Task S72_a_stopping_worker_receives_nothing_more_and_finishes_what_runs()
    {
        var node = await _bench.StartAsync(node => node.Handle(_ => _end.Task));
        await _bench.EnqueueAsync(new NumberArgs(1));
        await _bench.UntilAsync(() => _bench.Calls.Count == 1);

        var stopping = node.StopAsync();
        await _bench.UntilAsync(() => _bench.Logs.Count(2002) == 1);
        await _bench.EnqueueAsync(new NumberArgs(2));
        await _bench.AdvanceAsync(Drain - TimeSpan.FromSeconds(1));
        Assert.False(stopping.IsCompleted);
        Assert.False(_bench.Calls[0].Token.IsCancellationRequested);
        _end.SetResult();
        await stopping.WaitAsync(TimeSpan.FromSeconds(30), Bench.Token);

        Assert.Single(_bench.Calls);
        Assert.Equal(SettleKind.Complete, Assert.Single(node.Probe.Settled).Kind);
        Assert.Equal(1, _bench.Depth().Waiting);
    }

    [Fact]
    public async Task S72_what_has_not_started_is_released_at_once_without_an_attempt_burnt()
    {
        var node = await _bench.StartAsync(node => node
            .Handle(_ => _end.Task)
            .Handle<TextArgs>(_ => Task.CompletedTask).Override("test.text", job => job.Queue = "other")
            .Configure(options => options.Worker.Concurrency = 1));
        await _bench.EnqueueAsync(new NumberArgs(1));
        await _bench.UntilAsync(() => _bench.Calls.Count == 1);
        await _bench.EnqueueAsync(new TextArgs("waits"));
        await _bench.UntilAsync(() => node.Gate.InHand == 2);

        var stopping = node.StopAsync();
        await _bench.UntilAsync(() => node.Probe.Settled.Count == 1);
        Assert.Equal(SettleKind.Release, node.Probe.Settled.Single().Kind);
        Assert.Equal(1, _bench.Depth("other").Waiting);
        Assert.False(stopping.IsCompleted);
        _end.SetResult();
        await stopping.WaitAsync(TimeSpan.FromSeconds(30), Bench.Token);

        await _bench.StartAsync(node => node.Handle<TextArgs>(_ => Task.CompletedTask).Override("test.text", job => job.Queue = "other"));
        await _bench.UntilAsync(() => _bench.Calls.Count == 2);
        Assert.Equal((1, 0), (_bench.Calls[1].Attempt, _bench.Calls[1].Crashes));
    }

    [Fact]
    public async Task S72_at_the_drain_timeout_runs_are_cancelled_and_handed_back_without_an_attempt_burnt()
    {
        var node = await _bench.StartAsync(node => node.Handle(call => _bench.Released.WaitAsync(call.Token)));
        await _bench.EnqueueAsync(new NumberArgs(1));
        await _bench.UntilAsync(() => _bench.Calls.Count == 1);

        await _bench.DriveAsync(node.StopAsync());

        Assert.Equal(SettleKind.Release, Assert.Single(node.Probe.Settled).Kind);
        Assert.Equal(1, _bench.Logs.Count(2004));
        await _bench.StartAsync(node => node.Handle(_ => Task.CompletedTask));
        await _bench.UntilAsync(() => _bench.Calls.Count == 2);
        Assert.Equal((1, 0), (_bench.Calls[1].Attempt, _bench.Calls[1].Crashes));
    }

    [Fact]
    public async Task S72_a_run_that_ignores_the_end_is_neither_settled_nor_renewed()
    {
        var node = await _bench.StartAsync(node => node.Handle(_ => _end.Task));
        var id = (await _bench.EnqueueAsync(new NumberArgs(1))).Id;
        await _bench.UntilAsync(() => _bench.Calls.Count == 1);

        await _bench.DriveAsync(node.StopAsync());
        Assert.Empty(node.Probe.Settled);
        Assert.True(_bench.Calls[0].Token.IsCancellationRequested);

        await _bench.StartAsync(node => node.Handle(_ => Task.CompletedTask));
        await _bench.DriveUntilAsync(() => _bench.Calls.Count == 2, TimeSpan.FromSeconds(1));
        Assert.Equal((id, 1, 1), (_bench.Calls[1].Id, _bench.Calls[1].Attempt, _bench.Calls[1].Crashes));
        _end.SetResult();
    }

    [Fact]
    public async Task S79_an_open_batch_runs_at_shutdown()
    {
        var sizes = new List<int>();
        var node = await _bench.StartAsync(node => node.HandleBatch((items, _) =>
        {
            sizes.Add(items.Count);
            return Task.CompletedTask;
        }));
        await node.Client.EnqueueManyAsync(Enumerable.Range(0, 7).Select(value => new ItemArgs(value)), cancellationToken: Bench.Token);
        await _bench.UntilAsync(() => node.Gate.InHand == 7);

        await _bench.DriveAsync(node.StopAsync());

        Assert.Equal(7, Assert.Single(sizes));
        Assert.Equal(7, node.Probe.Settled.Count(settled => settled.Kind == SettleKind.Complete));
    }

    [Fact]
    public async Task S79_an_open_batch_is_handed_back_if_the_shutdown_leaves_no_time_to_run_it()
    {
        var calls = 0;
        var node = await _bench.StartAsync(node => node.HandleBatch((_, _) =>
        {
            Interlocked.Increment(ref calls);
            return Task.CompletedTask;
        }));
        await node.Client.EnqueueManyAsync(Enumerable.Range(0, 7).Select(value => new ItemArgs(value)), cancellationToken: Bench.Token);
        await _bench.RestAsync();
        Assert.Equal(7, node.Gate.InHand);

        await node.Worker.StopAsync(new CancellationToken(canceled: true));

        Assert.Equal(7, node.Probe.Settled.Count(settled => settled.Kind == SettleKind.Release));
        Assert.Equal((7, 0), (_bench.Depth().Waiting, node.Gate.InHand));
        Assert.Equal(0, calls);
    }

    [Fact]
    public async Task S73_what_is_settled_during_shutdown_is_waited_for()
    {
        var node = await _bench.StartAsync(node => node.Handle(_ => Task.CompletedTask));
        var reached = new TaskCompletionSource();
        node.Probe.OnSettle = async (_, settleAsync) =>
        {
            reached.SetResult();
            await _end.Task;
            return await settleAsync();
        };
        await _bench.EnqueueAsync(new NumberArgs(1));
        await reached.Task.WaitAsync(TimeSpan.FromSeconds(30), Bench.Token);

        var stopping = node.StopAsync();
        await _bench.UntilAsync(() => _bench.Logs.Count(2002) == 1);
        Assert.False(stopping.IsCompleted);
        _end.SetResult();
        await _bench.DriveAsync(stopping);

        Assert.Equal((SettleKind.Complete, SettleResult.Ok), (node.Probe.Settled.Single().Kind, node.Probe.Settled.Single().Result));
        Assert.Equal(0, _bench.Depth().InFlight);
    }

    [Fact]
    public async Task S73_a_settlement_that_is_never_answered_does_not_hold_up_the_shutdown_and_its_job_comes_back()
    {
        var node = await _bench.StartAsync(node => node.Handle(_ => Task.CompletedTask));
        node.Probe.OnSettle = async (settlements, _) =>
        {
            await _bench.Released;
            return new SettleResult[settlements.Length];
        };
        await _bench.EnqueueAsync(new NumberArgs(1));
        await _bench.UntilAsync(() => _bench.Calls.Count == 1);

        await _bench.DriveAsync(node.StopAsync());

        await _bench.StartAsync(node => node.Handle(_ => Task.CompletedTask));
        await _bench.DriveUntilAsync(() => _bench.Calls.Count == 2, TimeSpan.FromSeconds(1));
        Assert.True(_bench.Calls[1].IsRedelivered);
    }

    [Fact]
    public async Task S72_a_failing_job_that_the_host_stopped_is_handed_back_whatever_it_throws()
    {
        var node = await _bench.StartAsync(node => node.Handle(async call =>
        {
            try
            {
                await _bench.Released.WaitAsync(call.Token);
            }
            catch (OperationCanceledException)
            {
                throw new DeadLetterJobException("because I was stopped");
            }
        }));
        await _bench.EnqueueAsync(new NumberArgs(1));
        await _bench.UntilAsync(() => _bench.Calls.Count == 1);

        await _bench.DriveAsync(node.StopAsync());

        Assert.Equal(SettleKind.Release, Assert.Single(node.Probe.Settled).Kind);
        Assert.Empty(_bench.DeadLetters());
    }

    [Fact]
    public async Task S74_a_hundred_rapid_restarts_lose_nothing_and_run_nothing_twice()
    {
        const int Restarts = 100;
        const int JobsEach = 5;
        for (var i = 0; i < Restarts; i++)
        {
            var node = await _bench.StartAsync(node => node.Handle(async _ => await Task.Yield()));
            await node.Client.EnqueueManyAsync(Enumerable.Range(0, JobsEach).Select(value => new NumberArgs(value)), cancellationToken: Bench.Token);
            await _bench.DriveAsync(node.StopAsync());
        }

        await _bench.StartAsync(node => node.Handle(_ => Task.CompletedTask));
        await _bench.QuietAsync();

        Assert.Equal(Restarts * JobsEach, _bench.Calls.Count);
        Assert.Equal(Restarts * JobsEach, _bench.Calls.Select(call => call.Id).Distinct().Count());
        Assert.Equal(Restarts * JobsEach, _bench.Settled.Count(settled => settled.Kind == SettleKind.Complete));
    }
}
