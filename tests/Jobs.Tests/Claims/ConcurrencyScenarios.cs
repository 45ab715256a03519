using Jobs.Brokers;
using Jobs.Claims;
using Jobs.Hosting;
using Jobs.Stores;
using Jobs.Tests.Scenarios;

namespace Jobs.Tests.Claims;

/// <summary>Scenario 78: a limit of runs across nodes, whatever happens to them.</summary>
public sealed class ConcurrencyScenarios : IAsyncDisposable
{
    private static readonly TimeSpan Step = TimeSpan.FromMilliseconds(250);

    private readonly Bench _bench = new();
    private int _running;
    private int _most;

    public ValueTask DisposeAsync() => _bench.DisposeAsync();

    [Fact]
    [Trait("Scenario", "78")]
    public async Task S78_as_many_run_as_may_on_all_nodes_together_and_all_run_in_the_end()
    {
        for (var i = 0; i < 3; i++)
        {
            await _bench.StartAsync(node => node.Handle<LimitedArgs>(_ => WorkAsync(TimeSpan.FromSeconds(1))));
        }

        for (var i = 0; i < 40; i++)
        {
            await _bench.EnqueueAsync(new LimitedArgs(i));
        }

        await _bench.DriveUntilAsync(() => Completed() == 40, Step);

        Assert.Equal(2, _most);
        Assert.Equal(Enumerable.Range(0, 40), _bench.Calls.Select(static call => ((LimitedArgs)call.Args).Value).Order());
        Assert.All(_bench.Calls, static call => Assert.Equal((1, 0), (call.Attempt, call.Crashes)));
        Assert.Equal(0, await HeldAsync());
    }

    [Fact]
    [Trait("Scenario", "78")]
    public async Task S78_the_permit_of_a_node_that_died_is_free_once_it_has_expired_and_not_before()
    {
        var dead = await _bench.StartAsync(node => node.Handle<LimitedArgs>(_ => WorkAsync(TimeSpan.FromDays(1))).Override(LimitedDefinition.JobName, static job => job.ConcurrencyLimit = 1));
        await _bench.EnqueueAsync(new LimitedArgs(1));
        await _bench.UntilAsync(() => _bench.Calls.Count == 1);
        await dead.CrashAsync();
        var died = _bench.Clock.GetUtcNow();

        await _bench.StartAsync(node => node.Handle<LimitedArgs>(static _ => Task.CompletedTask).Override(LimitedDefinition.JobName, static job => job.ConcurrencyLimit = 1));
        await _bench.EnqueueAsync(new LimitedArgs(2));
        await _bench.DriveUntilAsync(() => _bench.Calls.Count == 2, Step);
        Assert.True(_bench.Clock.GetUtcNow() - died > Bench.Lease);
        await _bench.DriveUntilAsync(() => Completed() == 2, Step);

        Assert.Equal([1, 1, 2], _bench.Calls.Select(static call => ((LimitedArgs)call.Args).Value).Order());
        Assert.InRange(_bench.Clock.GetUtcNow() - died, Bench.Lease, (Bench.Lease * 1.5) + ClaimWait.Longest + ClaimWait.Longest);
        Assert.Equal(0, await HeldAsync());
    }

    [Fact]
    [Trait("Scenario", "78")]
    public async Task S78_what_has_no_permit_keeps_nobody_else_waiting()
    {
        await _bench.StartAsync(node => node
            .Configure(static options => options.Worker.Concurrency = 3)
            .Handle<LimitedArgs>(_ => WorkAsync(TimeSpan.FromMinutes(5))));
        foreach (var tenant in (string[])["a", "a", "a", "a", "a", "a", "b"])
        {
            await _bench.EnqueueAsync(new LimitedArgs(tenant[0]), new() { ConcurrencyKey = tenant });
        }

        await _bench.DriveUntilAsync(() => _bench.Calls.Count == 3, Step);

        Assert.Equal(['a', 'a', 'b'], _bench.Calls.Select(static call => (char)((LimitedArgs)call.Args).Value).Order());
        Assert.Equal(2, await _bench.Store.CountHeldAsync("limit:a", Bench.Token));
        Assert.Equal(1, await _bench.Store.CountHeldAsync("limit:b", Bench.Token));
    }

    [Fact]
    public async Task Who_waits_asks_less_and_less_often_and_uses_no_attempt()
    {
        var node = await _bench.StartAsync(node => node.Handle<LimitedArgs>(_ => WorkAsync(TimeSpan.FromMinutes(10))));
        for (var i = 0; i < 3; i++)
        {
            await _bench.EnqueueAsync(new LimitedArgs(i));
        }

        await _bench.DriveUntilAsync(() => Completed() == 3, TimeSpan.FromSeconds(1));

        // The first doublings up to half a minute, and then one in each.
        Assert.InRange(node.Probe.Settled.Count(static settled => settled.Kind == SettleKind.Defer), 20, 40);
        Assert.All(_bench.Calls, static call => Assert.Equal((1, 0), (call.Attempt, call.Crashes)));
        Assert.Equal(2, _most);
    }

    [Fact]
    public async Task Permits_are_renewed_for_as_long_as_a_run_lasts()
    {
        await _bench.StartAsync(node => node.Handle<LimitedArgs>(_ => WorkAsync(TimeSpan.FromMinutes(20))));
        await _bench.EnqueueAsync(new LimitedArgs(1));
        await _bench.UntilAsync(() => _bench.Calls.Count == 1);

        for (var i = 0; i < 60; i++)
        {
            await _bench.AdvanceAsync(TimeSpan.FromSeconds(10));
            Assert.Equal(1, await HeldAsync());
        }

        await _bench.DriveUntilAsync(() => Completed() == 1, TimeSpan.FromSeconds(10));
        Assert.Equal(0, await HeldAsync());
    }

    [Fact]
    [Trait("Scenario", "70")]
    public async Task A_run_that_was_given_up_on_keeps_its_permit_until_it_has_really_ended()
    {
        var end = new TaskCompletionSource(TaskCreationOptions.RunContinuationsAsynchronously);
        await _bench.StartAsync(node => node
            .Handle<LimitedArgs>(call => call.Attempt == 1 ? end.Task : Task.CompletedTask)
            .Override(LimitedDefinition.JobName, static job => (job.Timeout, job.HardTimeoutGrace, job.ConcurrencyLimit) = (TimeSpan.FromSeconds(5), TimeSpan.FromSeconds(1), 1)));
        await _bench.EnqueueAsync(new LimitedArgs(1));
        await _bench.UntilAsync(() => _bench.Calls.Count == 1);
        _bench.Clock.Advance(TimeSpan.FromSeconds(6));
        await _bench.UntilAsync(() => _bench.Settled.Any(static settled => settled.Kind == SettleKind.Retry));

        for (var i = 0; i < 120; i++)
        {
            await _bench.AdvanceAsync(TimeSpan.FromSeconds(1));
        }

        Assert.Single(_bench.Calls);
        Assert.Equal(1, await HeldAsync());
        end.SetResult();
        await _bench.DriveUntilAsync(() => Completed() == 1, Step);
        Assert.Equal([1, 2], _bench.Calls.Select(static call => call.Attempt));
        Assert.Equal(0, await HeldAsync());
    }

    [Fact]
    [Trait("Requirement", "72")]
    public async Task A_node_that_stops_gives_its_permits_back_at_once()
    {
        var first = await _bench.StartAsync(node => node
            .Handle<LimitedArgs>(static call => Task.Delay(Timeout.Infinite, call.Token))
            .Configure(static options => options.Worker.DrainTimeout = TimeSpan.FromSeconds(1)));
        await _bench.EnqueueAsync(new LimitedArgs(1));
        await _bench.EnqueueAsync(new LimitedArgs(2));
        await _bench.UntilAsync(() => _bench.Calls.Count == 2);

        await _bench.DriveAsync(first.StopAsync());

        Assert.Equal(0, await HeldAsync());
        Assert.Equal(2, _bench.Depth().Waiting);
    }

    [Fact]
    public async Task A_run_that_lost_its_permit_to_another_is_cancelled_and_runs_again_later()
    {
        var node = await _bench.StartAsync(node => node
            .Handle<LimitedArgs>(call => _bench.Calls.Count > 1 ? Task.CompletedTask : Task.Delay(Timeout.Infinite, call.Token))
            .Override(LimitedDefinition.JobName, static job => job.ConcurrencyLimit = 1));
        await _bench.EnqueueAsync(new LimitedArgs(1));
        await _bench.UntilAsync(() => _bench.Calls.Count == 1);

        // It does not reach the store, which gives the permit to another.
        node.Store.IsAway = true;
        await _bench.AdvanceAsync(TimeSpan.FromSeconds(46));
        Assert.True(await _bench.Store.AcquireAsync("limit-job:test.limited", "another", 1, TimeSpan.FromSeconds(20), Bench.Token));
        node.Store.IsAway = false;
        await _bench.UntilAsync(() => _bench.Settled.Any(static settled => settled.Kind == SettleKind.Release));
        Assert.Single(_bench.Calls);
        await _bench.DriveUntilAsync(() => Completed() == 1, Step);

        Assert.Equal([(1, 0), (1, 0)], _bench.Calls.Select(static call => (call.Attempt, call.Crashes)));
        Assert.Equal(1, _bench.Logs.Count(13005));
    }

    [Fact]
    public async Task A_store_that_was_away_for_a_while_costs_no_run_its_permit()
    {
        var node = await _bench.StartAsync(node => node.Handle<LimitedArgs>(_ => WorkAsync(TimeSpan.FromMinutes(3))));
        await _bench.EnqueueAsync(new LimitedArgs(1));
        await _bench.UntilAsync(() => _bench.Calls.Count == 1);

        node.Store.IsAway = true;
        await AdvanceAsync(TimeSpan.FromSeconds(25));
        node.Store.IsAway = false;
        await AdvanceAsync(TimeSpan.FromSeconds(30));

        Assert.Equal(1, await HeldAsync());
        await _bench.DriveUntilAsync(() => Completed() == 1, TimeSpan.FromSeconds(1));
        Assert.Single(_bench.Calls);
    }

    [Fact]
    public async Task While_the_store_is_away_no_job_starts_and_none_is_lost()
    {
        var node = await _bench.StartAsync(node => node.Handle<LimitedArgs>(static _ => Task.CompletedTask));
        node.Store.IsAway = true;
        for (var i = 0; i < 5; i++)
        {
            await _bench.EnqueueAsync(new LimitedArgs(i));
        }

        await AdvanceAsync(TimeSpan.FromMinutes(1));
        Assert.Empty(_bench.Calls);
        Assert.Equal(1, _bench.Logs.Count(13001));

        node.Store.IsAway = false;
        await _bench.DriveUntilAsync(() => Completed() == 5, Step);
        Assert.Equal(5, _bench.Calls.Count);
        Assert.All(_bench.Calls, static call => Assert.Equal(1, call.Attempt));
        Assert.Equal(1, _bench.Logs.Count(13002));
    }

    [Fact]
    public async Task A_synchronous_job_stays_on_its_own_thread()
    {
        var isPool = true;
        await _bench.StartAsync(node => node.Handle<LimitedArgs>(
            _ =>
            {
                isPool = Thread.CurrentThread.IsThreadPoolThread;
                return Task.CompletedTask;
            },
            isSynchronous: true));
        await _bench.EnqueueAsync(new LimitedArgs(1));
        await _bench.UntilAsync(() => Completed() == 1);

        Assert.False(isPool);
        Assert.Equal(0, await HeldAsync());
    }

    [Fact]
    public async Task Each_item_of_a_batch_needs_a_permit()
    {
        var batches = new List<int>();
        await _bench.StartAsync(node => node
            .HandleBatch((items, _) =>
            {
                lock (batches)
                {
                    batches.Add(items.Count);
                }

                return Task.CompletedTask;
            })
            .Override(ItemDefinition.JobName, static job => (job.ConcurrencyLimit, job.BatchSize) = (2, 5)));
        for (var i = 0; i < 5; i++)
        {
            await _bench.EnqueueAsync(new ItemArgs(i));
        }

        await _bench.DriveUntilAsync(() => Completed() == 5, Step);

        Assert.Equal((5, 2), (batches.Sum(), batches.Max()));
        Assert.Equal(0, await _bench.Store.CountHeldAsync("limit-job:test.item", Bench.Token));
    }

    [Fact]
    public async Task A_job_that_killed_its_workers_runs_alone_and_with_a_permit()
    {
        await _bench.StartAsync(node => node
            .Handle<LimitedArgs>(call => call.Crashes < 2 ? Task.Delay(Timeout.Infinite, call.Token) : WorkAsync(TimeSpan.FromSeconds(1)))
            .Override(LimitedDefinition.JobName, static job => job.ConcurrencyLimit = 1));
        await _bench.EnqueueAsync(new LimitedArgs(1));
        for (var crashes = 0; crashes < 2; crashes++)
        {
            var node = _bench.Nodes[^1];
            await _bench.DriveUntilAsync(() => _bench.Calls.Count == crashes + 1, Step);
            await node.CrashAsync();
            await _bench.StartAsync(node => node
                .Handle<LimitedArgs>(call => call.Crashes < 2 ? Task.Delay(Timeout.Infinite, call.Token) : WorkAsync(TimeSpan.FromSeconds(1)))
                .Override(LimitedDefinition.JobName, static job => job.ConcurrencyLimit = 1));
        }

        await _bench.DriveUntilAsync(() => Completed() == 1, Step);

        Assert.Equal([0, 1, 2], _bench.Calls.Select(static call => call.Crashes));
        Assert.Equal(0, await HeldAsync());
    }

    private ValueTask<int> HeldAsync() => _bench.Store.CountHeldAsync("limit-job:test.limited", Bench.Token);

    private int Completed() => _bench.Settled.Count(static settled => settled.Kind == SettleKind.Complete);

    private async Task AdvanceAsync(TimeSpan span)
    {
        for (var passed = TimeSpan.Zero; passed < span; passed += TimeSpan.FromSeconds(1))
        {
            await _bench.AdvanceAsync(TimeSpan.FromSeconds(1));
        }
    }

    private async Task WorkAsync(TimeSpan span)
    {
        var running = Interlocked.Increment(ref _running);
        int most;
        while ((most = Volatile.Read(ref _most)) < running && Interlocked.CompareExchange(ref _most, running, most) != most)
        {
        }

        await Task.Delay(span, _bench.Time);
        Interlocked.Decrement(ref _running);
    }
}
