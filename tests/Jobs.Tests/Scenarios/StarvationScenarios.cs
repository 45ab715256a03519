using Jobs.Tests.Definitions;

namespace Jobs.Tests.Scenarios;

/// <summary>Scenario 7: renewals and deadlines need no thread of the pool. On the real clock, and alone: it starves everybody.</summary>
[Collection(nameof(Alone))]
public sealed class StarvationScenarios : IAsyncDisposable
{
    private static readonly TimeSpan Starvation = TimeSpan.FromSeconds(4);
    private static readonly TimeSpan Limit = TimeSpan.FromSeconds(2);
    private readonly Bench _bench = new(time: TimeProvider.System);

    public ValueTask DisposeAsync() => _bench.DisposeAsync();

    [Fact]
    public async Task S07_a_starved_pool_loses_no_lease_and_misses_no_soft_deadline_by_a_second()
    {
        var time = TimeProvider.System;
        var started = 0L;
        var cancelled = 0L;
        var end = new TaskCompletionSource(TaskCreationOptions.RunContinuationsAsynchronously);
        var node = await _bench.StartAsync(node => node
            .Handle(async call =>
            {
                started = time.GetTimestamp();
                await using var stop = call.Token.Register(() => Interlocked.CompareExchange(ref cancelled, time.GetTimestamp(), 0));
                await end.Task;
            })
            .Override("test.number", job => job.Timeout = Limit)
            .Configure(options => options.Queues[Bench.Queue] = new() { Lease = TimeSpan.FromSeconds(1) }));
        await _bench.EnqueueAsync(new NumberArgs(1));
        await _bench.UntilAsync(() => _bench.Calls.Count == 1);

        // From a thread of its own, since no other will get to run for a while.
        var starving = new TaskCompletionSource(TaskCreationOptions.RunContinuationsAsynchronously);
        new Thread(() =>
        {
            Starve(Starvation);
            starving.SetResult();
        }) { IsBackground = true }.Start();
        await starving.Task;
        end.SetResult();
        await _bench.UntilAsync(() => node.Probe.Settled.Count == 1);

        Assert.Single(_bench.Calls);
        Assert.Equal(0, _bench.Logs.Count(4001));
        Assert.NotEqual(0, cancelled);
        Assert.InRange(time.GetElapsedTime(started, cancelled), Limit, Limit + TimeSpan.FromSeconds(1));
    }

    // Blocks every thread that the pool has, and those that it adds meanwhile.
    private static void Starve(TimeSpan time)
    {
        using var end = new ManualResetEventSlim();
        using var all = new CountdownEvent(1);
        for (var i = 0; i < Environment.ProcessorCount + 200; i++)
        {
            all.AddCount();
            ThreadPool.UnsafeQueueUserWorkItem(
                _ =>
                {
                    end.Wait();
                    all.Signal();
                },
                null);
        }

        Thread.Sleep(time);
        end.Set();
        all.Signal();
        all.Wait();
    }
}
