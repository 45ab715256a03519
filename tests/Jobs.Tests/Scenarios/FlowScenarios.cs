using System.Collections.Concurrent;
using Jobs.Brokers;
using Jobs.Tests.Definitions;

namespace Jobs.Tests.Scenarios;

/// <summary>Scenarios 76 to 79: queues, weights, batches.</summary>
public sealed class FlowScenarios : IAsyncDisposable
{
    private readonly Bench _bench = new();

    public ValueTask DisposeAsync() => _bench.DisposeAsync();

    [Fact]
    public async Task With_one_place_and_three_queues_two_of_them_idle_the_third_runs()
    {
        await _bench.StartAsync(node => node
            .Handle(_ => Task.CompletedTask)
            .Handle<TextArgs>(_ => Task.CompletedTask).Override("test.text", job => job.Queue = "second")
            .Handle<TagsArgs>(_ => Task.CompletedTask).Override("test.tags", job => job.Queue = "third")
            .Configure(options =>
            {
                options.Worker.Concurrency = 1;
                options.Queues[Bench.Queue] = new() { Weight = 100 };
                options.Queues["second"] = new() { Weight = 100 };
            }));
        for (var i = 0; i < 20; i++)
        {
            await _bench.EnqueueAsync(new TagsArgs([]));
        }

        await _bench.UntilAsync(() => _bench.Calls.Count == 20);
    }

    [Fact]
    public async Task S76_a_full_queue_refuses_producers_with_a_typed_error_and_a_handler_that_fills_its_own_queue_is_not_stuck()
    {
        var start = new TaskCompletionSource();
        var node = await _bench.StartAsync(node => node
            .Handle(async call =>
            {
                await start.Task;
                if ((NumberArgs)call.Args is { Value: 0 })
                {
                    for (var child = 1; child <= 10; child++)
                    {
                        await call.Node.Client.EnqueueAsync(new NumberArgs(child), cancellationToken: call.Token);
                    }
                }
            })
            .Configure(options =>
            {
                options.Worker.Concurrency = 1;
                options.Queues[Bench.Queue] = new() { MaxLength = 2 };
            }));
        await _bench.EnqueueAsync(new NumberArgs(0));
        await _bench.UntilAsync(() => _bench.Calls.Count == 1);
        await _bench.EnqueueAsync(new NumberArgs(100));
        await _bench.EnqueueAsync(new NumberArgs(100));

        var refused = await Assert.ThrowsAsync<JobEnqueueException>(() => _bench.EnqueueAsync(new NumberArgs(100)).AsTask());
        Assert.Equal(SendStatus.QueueFull, refused.Status);
        Assert.Contains("default", refused.Message, StringComparison.Ordinal);

        start.SetResult();
        await _bench.UntilAsync(() => _bench.Settled.Count() == 13);
        Assert.All(_bench.Settled, settled => Assert.Equal(SettleKind.Complete, settled.Kind));
    }

    [Fact]
    public async Task S77_queues_share_the_worker_by_weight_while_all_have_work()
    {
        const int Each = 300;
        const int Places = 4;
        var hold = new TaskCompletionSource(TaskCreationOptions.RunContinuationsAsynchronously);
        var order = new ConcurrentQueue<string>();
        var node = await _bench.StartAsync(node => node
            .Handle(_ => RunAsync("high")).Override("test.number", job => job.Queue = "high")
            .Handle<TextArgs>(_ => RunAsync("normal")).Override("test.text", job => job.Queue = "normal")
            .Handle<TagsArgs>(call => ((TagsArgs)call.Args).Tags.Count > 0 ? hold.Task : RunAsync("low")).Override("test.tags", job => job.Queue = "low")
            .Configure(options =>
            {
                options.Worker.Concurrency = Places;
                options.Queues["high"] = new() { Weight = 6 };
                options.Queues["normal"] = new() { Weight = 3 };
                options.Queues["low"] = new() { Weight = 1 };
            }));

        // The first round lets the prefetch grow to the speed of these jobs.
        await EnqueueAllAsync();
        await _bench.UntilAsync(() => order.Count == 3 * Each && node.Gate.InHand == 0);
        await _bench.AdvanceAsync(TimeSpan.FromMilliseconds(100));
        order.Clear();
        for (var i = 0; i < Places; i++)
        {
            await _bench.EnqueueAsync(new TagsArgs(["hold"]));
        }

        await _bench.UntilAsync(() => node.Gate.Running == Places && _bench.Depth("low").Waiting == 0);
        await EnqueueAllAsync();
        await _bench.RestAsync();
        Assert.True(node.Gate.InHand >= 2 * Each);
        hold.SetResult();
        await _bench.UntilAsync(() => order.Count == 3 * Each);

        var shares = order.Take(400).CountBy(name => name).ToDictionary();
        Assert.InRange(shares["high"], 225, 255);
        Assert.InRange(shares["normal"], 105, 135);
        Assert.InRange(shares["low"], 30, 50);

        async Task EnqueueAllAsync()
        {
            for (var i = 0; i < Each; i++)
            {
                await _bench.EnqueueAsync(new NumberArgs(i));
                await _bench.EnqueueAsync(new TextArgs("x"));
                await _bench.EnqueueAsync(new TagsArgs([]));
            }
        }

        async Task RunAsync(string queue)
        {
            order.Enqueue(queue);
            await Task.Yield();
        }
    }

    [Fact]
    [Trait("Mistake", "D13")]
    public async Task S79_a_batch_of_a_hundred_fills_under_a_concurrency_of_sixteen()
    {
        var sizes = new ConcurrentQueue<int>();
        var node = await _bench.StartAsync(node => node
            .HandleBatch((items, _) =>
            {
                sizes.Enqueue(items.Count);
                return Task.CompletedTask;
            })
            .Configure(options => options.Worker.Concurrency = 16));
        await node.Client.EnqueueManyAsync(Enumerable.Range(0, 250).Select(value => new ItemArgs(value)), cancellationToken: Bench.Token);

        await _bench.UntilAsync(() => node.Probe.Settled.Count == 200 && node.Gate.InHand == 50);
        Assert.Equal([100, 100], sizes);

        await _bench.AdvanceAsync(TimeSpan.FromSeconds(5));
        await _bench.UntilAsync(() => node.Probe.Settled.Count == 250);
        Assert.Equal([100, 100, 50], sizes);
    }

    [Fact]
    [Trait("Mistake", "D13")]
    public async Task S79_items_of_a_batch_that_a_worker_died_with_run_again_alone()
    {
        var first = await _bench.StartAsync(node => node.HandleBatch((_, _) => _bench.Released).Override(ItemDefinition.JobName, job => job.BatchSize = 3));
        await first.Client.EnqueueManyAsync(Enumerable.Range(0, 3).Select(value => new ItemArgs(value)), cancellationToken: Bench.Token);
        await _bench.UntilAsync(() => first.Gate.Running == 1);
        await first.KillAsync();

        var sizes = new ConcurrentQueue<int>();
        await _bench.StartAsync(node => node.HandleBatch((items, _) =>
        {
            sizes.Enqueue(items.Count);
            return Task.CompletedTask;
        }).Override(ItemDefinition.JobName, job => job.BatchSize = 3));
        await _bench.AdvanceAsync(Bench.Lease);
        await _bench.UntilAsync(() => _bench.Settled.Count() == 3);

        Assert.Equal([1, 1, 1], sizes);
    }

    [Fact]
    public async Task S79_the_children_of_a_batch_are_kept_apart_from_those_of_an_item_that_runs_again()
    {
        var node = await _bench.StartAsync(node => node
            .HandleBatch(async (items, invocation) =>
            {
                var client = (IJobClient)invocation.Services.GetService(typeof(IJobClient))!;
                await client.EnqueueAsync(new NumberArgs(items.Count), cancellationToken: invocation.CancellationToken);
                if (items.Count == 2)
                {
                    invocation.Batch!.Fail(0, new IOException("no"));
                }
            })
            .Handle(_ => Task.CompletedTask)
            .Override(ItemDefinition.JobName, job => job.BatchSize = 2));
        await node.Client.EnqueueManyAsync(Enumerable.Range(0, 2).Select(value => new ItemArgs(value)), cancellationToken: Bench.Token);

        await _bench.DriveUntilAsync(() => _bench.Calls.Count == 2, TimeSpan.FromMilliseconds(100));
        Assert.Equal([2, 1], _bench.Calls.Select(call => ((NumberArgs)call.Args).Value));
    }

    [Fact]
    public async Task A_broker_that_fails_is_asked_again_with_pauses_and_said_to_fail_once()
    {
        var failures = 5;
        var node = await _bench.StartAsync(node => node.Handle(_ => Task.CompletedTask));
        node.Probe.OnReceive = () => Interlocked.Decrement(ref failures) >= 0 ? throw new IOException("away") : default;
        await _bench.EnqueueAsync(new NumberArgs(1));
        await _bench.UntilAsync(() => _bench.Logs.Count(2005) == 1);
        await _bench.EnqueueAsync(new NumberArgs(2));

        await _bench.DriveUntilAsync(() => _bench.Calls.Count == 2, TimeSpan.FromMilliseconds(100));
        await _bench.UntilAsync(() => _bench.Logs.Count(2006) == 1);
        Assert.Equal(1, _bench.Logs.Count(2005));
    }
}
