using System.Text.Json;
using Jobs.Brokers;
using Jobs.Definitions;
using Jobs.Messages;

namespace Jobs.Tests.Memory;

public class MemorySettleTests
{
    [Fact]
    public async Task Complete_removes_for_good()
    {
        await using var bench = new MemoryBench();
        await bench.SendManyAsync(1);

        Assert.Equal(SettleResult.Ok, await bench.CompleteAsync(await bench.ReceiveOneAsync()));

        bench.Clock.Advance(TimeSpan.FromDays(1));
        Assert.Equal(new QueueDepth(0, 0, 0, TimeSpan.Zero), await bench.DepthAsync());
    }

    [Fact]
    public async Task Complete_twice_is_harmless()
    {
        await using var bench = new MemoryBench();
        await bench.SendManyAsync(2);
        var deliveries = await bench.ReceiveAsync();

        Assert.Equal(SettleResult.Ok, await bench.CompleteAsync(deliveries[0]));
        Assert.Equal(SettleResult.Ok, await bench.CompleteAsync(deliveries[0]));
        Assert.Equal(SettleResult.LeaseLost, await bench.DeadLetterAsync(deliveries[0]));
        Assert.Equal(SettleResult.LeaseLost, bench.Renew(deliveries[0]));

        Assert.Equal(1, (await bench.DepthAsync()).InFlight);
    }

    [Fact]
    public async Task Complete_gives_the_message_back_to_its_pool_and_a_failure_does_not()
    {
        await using var bench = new MemoryBench();
        var definition = new PooledDefinition();
        await bench.SendAsync(bench.Message(definition, new PooledArgs()));
        await bench.SendAsync(bench.Message(definition, new PooledArgs()));
        var deliveries = await bench.ReceiveAsync();
        var completed = deliveries[0].Message;
        var failed = deliveries[1].Message;

        await bench.SettleAsync(new Settlement { Delivery = deliveries[1], Kind = SettleKind.Retry, Failure = MemoryBench.Failure() });
        var again = await bench.ReceiveOneAsync();
        Assert.NotSame(failed, again.Message);
        await bench.CompleteAsync(deliveries[0]);

        Assert.Same(completed, bench.Message(definition, new PooledArgs()));
        Assert.NotSame(failed, bench.Message(definition, new PooledArgs()));
    }

    [Fact]
    public async Task Retry_records_the_failure_and_counts_the_attempt_and_the_crashes()
    {
        await using var bench = new MemoryBench();
        await bench.SendAsync(bench.Message(5));
        await bench.ReceiveOneAsync();
        bench.Clock.Advance(MemoryBench.Lease);
        var delivery = await bench.ReceiveOneAsync();
        var id = delivery.Message!.Id;

        await bench.SettleAsync(new Settlement { Delivery = delivery, Kind = SettleKind.Retry, Failure = MemoryBench.Failure(), Due = bench.Now.AddSeconds(10) });

        Assert.Empty(await bench.ReceiveAsync());
        bench.Clock.Advance(TimeSpan.FromSeconds(10));
        var again = await bench.ReceiveOneAsync();
        Assert.Equal(1, again.Deliveries);
        Assert.Equal(id, again.Message!.Id);
        Assert.Equal(5, MemoryBench.ValueOf(again));
        var state = again.Message.State;
        Assert.Equal((1, 2, 1, 1), (state.Copy, state.Attempt, state.Crashes, state.Failures.Count));
    }

    [Fact]
    public async Task Defer_records_nothing_and_waits()
    {
        await using var bench = new MemoryBench();
        await bench.SendManyAsync(1);
        var met = bench.Now;

        await bench.SettleAsync(new Settlement { Delivery = await bench.ReceiveOneAsync(), Kind = SettleKind.Defer, Due = bench.Now.AddSeconds(10), UnknownSince = met });

        Assert.Equal(1, (await bench.DepthAsync()).Delayed);
        bench.Clock.Advance(TimeSpan.FromSeconds(10));
        var state = (await bench.ReceiveOneAsync()).Message!.State;
        Assert.Equal((1, 1, 0, 0), (state.Copy, state.Attempt, state.Crashes, state.Failures.Count));
        Assert.Equal(met, state.UnknownSince);
    }

    [Fact]
    public async Task Release_hands_back_now_and_in_front()
    {
        await using var bench = new MemoryBench();
        await bench.SendManyAsync(3);

        await bench.SettleAsync(new Settlement { Delivery = await bench.ReceiveOneAsync(), Kind = SettleKind.Release });

        var deliveries = await bench.ReceiveAsync();
        Assert.Equal([0, 1, 2], deliveries.Select(MemoryBench.ValueOf));
        Assert.Equal((1, 1, 0), (deliveries[0].Message!.State.Copy, deliveries[0].Message!.State.Attempt, deliveries[0].Message!.State.Crashes));
        Assert.Equal(1, deliveries[0].Deliveries);
    }

    [Fact]
    public async Task A_batch_of_all_kinds_gets_a_result_each()
    {
        await using var bench = new MemoryBench();
        await bench.SendManyAsync(205);
        var deliveries = await bench.ReceiveAsync(205);
        var lost = deliveries[204];
        await bench.CompleteAsync(lost);
        var settlements = deliveries.Select((delivery, i) => new Settlement
        {
            Delivery = delivery,
            Kind = i switch { 50 => SettleKind.Retry, 51 => SettleKind.Defer, 120 => SettleKind.Release, 121 or 204 => SettleKind.DeadLetter, _ => SettleKind.Complete },
            Failure = MemoryBench.Failure(),
        }).ToArray();
        var results = new SettleResult[205];

        await bench.Receiver.SettleAsync(settlements, results, MemoryBench.Token);

        Assert.All(results[..204], static result => Assert.Equal(SettleResult.Ok, result));
        Assert.Equal(SettleResult.LeaseLost, results[204]);
        Assert.Equal([50, 51, 120], (await bench.ReceiveAsync()).Select(MemoryBench.ValueOf).Order());
        Assert.Equal(1, await bench.Broker.CountDeadLettersAsync(MemoryBench.Queue, MemoryBench.Token));
    }

    [Fact]
    public async Task Then_is_in_its_queues_before_the_job_is_gone()
    {
        await using var bench = new MemoryBench();
        var elsewhere = bench.Open("other");
        await bench.SendManyAsync(1);
        var delivery = await bench.ReceiveOneAsync();
        var child = Child(bench, delivery, 0, "other");
        var sibling = Child(bench, delivery, 1, MemoryBench.Queue);

        Assert.Equal(SettleResult.Ok, await bench.SettleAsync(new Settlement { Delivery = delivery, Kind = SettleKind.Complete, Then = [child, sibling] }));

        Assert.Equal(100, MemoryBench.ValueOf(await bench.ReceiveOneAsync(elsewhere)));
        Assert.Equal(101, MemoryBench.ValueOf(await bench.ReceiveOneAsync()));
        Assert.Empty(await bench.ReceiveAsync());
    }

    [Fact]
    public async Task A_second_run_of_a_parent_makes_no_second_child()
    {
        await using var bench = new MemoryBench();
        await bench.SendManyAsync(1);
        var delivery = await bench.ReceiveOneAsync();
        Assert.Equal(SendStatus.Accepted, (await bench.SendAsync(Child(bench, delivery, 0, MemoryBench.Queue))).Status);

        Assert.Equal(SettleResult.Ok, await bench.SettleAsync(new Settlement
        {
            Delivery = delivery,
            Kind = SettleKind.Complete,
            Then = [Child(bench, delivery, 0, MemoryBench.Queue)],
        }));

        await bench.ReceiveOneAsync();
        Assert.Empty(await bench.ReceiveAsync());
    }

    [Fact]
    public async Task A_limit_does_not_refuse_then()
    {
        await using var bench = new MemoryBench();
        await bench.SendManyAsync(1);
        var delivery = await bench.ReceiveOneAsync();
        await bench.Broker.ProvisionAsync(
            new BrokerTopology("test", [new QueueTopology(MemoryBench.Queue, MemoryBench.Lease) { MaxLength = 0 }]), ProvisionMode.CreateIfMissing, MemoryBench.Token);
        Assert.Equal(SendStatus.QueueFull, (await bench.SendAsync(bench.Message())).Status);

        Assert.Equal(SettleResult.Ok, await bench.SettleAsync(new Settlement
        {
            Delivery = delivery,
            Kind = SettleKind.Complete,
            Then = [Child(bench, delivery, 0, MemoryBench.Queue)],
        }));

        await bench.ReceiveOneAsync();
    }

    [Fact]
    public async Task A_settlement_that_makes_no_sense_leaves_the_delivery_with_its_worker()
    {
        await using var bench = new MemoryBench();
        await bench.SendManyAsync(1);
        var delivery = await bench.ReceiveOneAsync();

        await Assert.ThrowsAsync<InvalidOperationException>(() => bench.SettleAsync(new Settlement { Delivery = delivery, Kind = SettleKind.Retry }));

        Assert.Equal(SettleResult.Ok, await bench.CompleteAsync(delivery));
    }

    [Fact]
    public async Task A_delivery_of_another_queue_is_refused()
    {
        await using var bench = new MemoryBench();
        await bench.SendManyAsync(1);
        var delivery = await bench.ReceiveOneAsync();
        var other = bench.Open("other");

        await Assert.ThrowsAsync<ArgumentException>(async () =>
            await other.SettleAsync(new[] { new Settlement { Delivery = delivery, Kind = SettleKind.Complete } }, new SettleResult[1], MemoryBench.Token));
    }

    private static JobMessage Child(MemoryBench bench, JobDelivery parent, int index, string queue)
    {
        var child = bench.Message(100 + index);
        child.Id = parent.Message!.Id.Child(index);
        child.MayRepeat = true;
        child.Queue = queue;
        return child;
    }

    // The pools are per type and process: no other test may share this one.
    private readonly record struct PooledArgs;

    private sealed class PooledDefinition : JobDefinition<PooledArgs>
    {
        public PooledDefinition()
            : base("test.pooled") => HasImmutableArgs = true;

        public override void Write(Utf8JsonWriter writer, in PooledArgs args) => throw new NotSupportedException();

        public override PooledArgs Read(ref Utf8JsonReader reader) => throw new NotSupportedException();
    }
}
