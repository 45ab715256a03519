using Jobs.Brokers;
using Jobs.Tests.Definitions;

namespace Jobs.Tests.Memory;

public class MemoryLeaseTests
{
    private static readonly TimeSpan Moment = TimeSpan.FromMilliseconds(1);

    [Fact]
    public async Task A_delivery_whose_lease_passes_comes_back_counted()
    {
        await using var bench = new MemoryBench();
        await bench.SendManyAsync(1);
        var lost = await bench.ReceiveOneAsync();

        bench.Clock.Advance(MemoryBench.Lease - Moment);
        Assert.Empty(await bench.ReceiveAsync());
        bench.Clock.Advance(Moment);

        var again = await bench.ReceiveOneAsync(bench.Open());
        Assert.Equal(1, lost.Deliveries);
        Assert.Equal(2, again.Deliveries);
        Assert.Equal(0, MemoryBench.ValueOf(again));
        Assert.NotSame(lost.Message, again.Message);
    }

    [Theory]
    [Trait("Scenario", "45")]
    [InlineData(1)]
    [InlineData(-1)]
    public async Task S45_a_clock_that_is_set_ends_no_lease_early_or_late(int hours)
    {
        await using var bench = new MemoryBench();
        await bench.SendManyAsync(1);
        var delivery = await bench.ReceiveOneAsync();

        bench.Wall.Shift = TimeSpan.FromHours(hours);
        bench.Clock.Advance(MemoryBench.Lease - Moment);
        Assert.Empty(await bench.ReceiveAsync());
        Assert.Equal(SettleResult.Ok, bench.Renew(delivery));

        bench.Wall.Shift = TimeSpan.FromHours(2 * hours);
        bench.Clock.Advance(MemoryBench.Lease);
        await bench.ReceiveOneAsync(bench.Open());
    }

    [Fact]
    public async Task A_passed_lease_wakes_a_waiting_receiver()
    {
        await using var bench = new MemoryBench();
        await bench.SendManyAsync(1);
        await bench.ReceiveOneAsync();
        var waiting = bench.Receiver.ReceiveAsync(new JobDelivery[1], wait: true, MemoryBench.Token);

        bench.Clock.Advance(MemoryBench.Lease);

        Assert.Equal(1, await waiting);
    }

    [Fact]
    public async Task A_renewed_delivery_goes_to_nobody_else()
    {
        await using var bench = new MemoryBench();
        await bench.SendManyAsync(1);
        var delivery = await bench.ReceiveOneAsync();

        for (var i = 0; i < 10; i++)
        {
            bench.Clock.Advance(MemoryBench.Lease - Moment);
            Assert.Equal(SettleResult.Ok, bench.Renew(delivery));
            Assert.Equal(bench.Now + MemoryBench.Lease, delivery.LeaseUntil);
            Assert.Empty(await bench.ReceiveAsync());
        }

        bench.Clock.Advance(MemoryBench.Lease);
        await bench.ReceiveOneAsync();
    }

    [Theory]
    [InlineData(SettleKind.Complete)]
    [InlineData(SettleKind.Retry)]
    [InlineData(SettleKind.Defer)]
    [InlineData(SettleKind.Release)]
    [InlineData(SettleKind.DeadLetter)]
    public async Task A_stale_settlement_touches_nothing(SettleKind kind)
    {
        await using var bench = new MemoryBench();
        await bench.SendManyAsync(1);
        var stale = await bench.ReceiveOneAsync();
        bench.Clock.Advance(MemoryBench.Lease);
        var current = await bench.ReceiveOneAsync();

        Assert.Equal(SettleResult.LeaseLost, await bench.SettleAsync(new Settlement
        {
            Delivery = stale,
            Kind = kind,
            Failure = MemoryBench.Failure(),
            Then = [bench.Message()],
        }));

        Assert.Equal(new QueueDepth(0, 1, 0, TimeSpan.Zero), await bench.DepthAsync());
        Assert.Equal(0, await bench.Broker.CountDeadLettersAsync(MemoryBench.Queue, MemoryBench.Token));
        Assert.Equal(SettleResult.Ok, await bench.CompleteAsync(current));
        Assert.Equal(0, MemoryBench.ValueOf(stale));
    }

    [Fact]
    public async Task A_stale_renewal_steals_nothing_back()
    {
        await using var bench = new MemoryBench();
        await bench.SendManyAsync(1);
        var stale = await bench.ReceiveOneAsync();
        bench.Clock.Advance(MemoryBench.Lease);
        var current = await bench.ReceiveOneAsync();
        var until = stale.LeaseUntil;

        Assert.Equal(SettleResult.LeaseLost, bench.Renew(stale));

        Assert.Equal(until, stale.LeaseUntil);
        Assert.Equal(SettleResult.Ok, bench.Renew(current));
    }

    [Theory]
    [InlineData(SettleKind.Complete, 0)]
    [InlineData(SettleKind.Retry, 1)]
    [InlineData(SettleKind.DeadLetter, 0)]
    public async Task A_passed_lease_that_nobody_took_over_can_still_be_settled(SettleKind kind, int waiting)
    {
        await using var bench = new MemoryBench();
        await bench.SendManyAsync(1);
        var delivery = await bench.ReceiveOneAsync();
        bench.Clock.Advance(MemoryBench.Lease);
        Assert.Equal(1, (await bench.DepthAsync()).Waiting);

        Assert.Equal(SettleResult.Ok, await bench.SettleAsync(new Settlement { Delivery = delivery, Kind = kind, Failure = MemoryBench.Failure() }));

        var depth = await bench.DepthAsync();
        Assert.Equal((waiting, 0), (depth.Waiting, depth.InFlight));
        Assert.Equal(waiting, (await bench.ReceiveAsync()).Length);
    }

    [Fact]
    public async Task A_passed_lease_that_nobody_took_over_can_still_be_renewed_and_pass_again()
    {
        await using var bench = new MemoryBench();
        await bench.SendManyAsync(1);
        var delivery = await bench.ReceiveOneAsync();
        for (var i = 0; i < 3; i++)
        {
            bench.Clock.Advance(MemoryBench.Lease);
            Assert.Equal(SettleResult.Ok, bench.Renew(delivery));
            Assert.Equal((0, 1), ((await bench.DepthAsync()).Waiting, (await bench.DepthAsync()).InFlight));
        }

        bench.Clock.Advance(MemoryBench.Lease);

        Assert.Equal(2, (await bench.ReceiveOneAsync()).Deliveries);
        Assert.Empty(await bench.ReceiveAsync());
    }

    [Fact]
    public async Task A_settlement_made_for_an_earlier_use_of_the_object_touches_nothing()
    {
        await using var bench = new MemoryBench();
        await bench.SendManyAsync(1);
        var first = await bench.ReceiveOneAsync();
        var settlement = new Settlement { Delivery = first, Kind = SettleKind.Complete };
        Assert.Equal(SettleResult.Ok, await bench.SettleAsync(settlement));

        // Deliveries are handed out until the same object comes round again.
        JobDelivery current;
        do
        {
            await bench.SendManyAsync(1);
            current = await bench.ReceiveOneAsync();
            if (current != first)
            {
                await bench.CompleteAsync(current);
            }
        }
        while (current != first);

        Assert.Equal(SettleResult.LeaseLost, await bench.SettleAsync(settlement));
        Assert.Equal(SettleResult.LeaseLost, await bench.SettleAsync(settlement with { Kind = SettleKind.DeadLetter }));
        Assert.Equal(1, (await bench.DepthAsync()).InFlight);
        Assert.Null(current.Run);
        Assert.Equal(SettleResult.Ok, await bench.CompleteAsync(current));
    }

    [Fact]
    public async Task A_stale_completion_leaves_the_message_of_the_next_run_alone()
    {
        await using var bench = new MemoryBench();
        await bench.SendAsync(bench.Message(7));
        var stale = await bench.ReceiveOneAsync();
        bench.Clock.Advance(MemoryBench.Lease);
        var current = await bench.ReceiveOneAsync();

        await bench.CompleteAsync(current);
        await bench.SendAsync(bench.Message(8));

        Assert.Equal(7, MemoryBench.ValueOf(stale));
        Assert.Equal(NumberArgs.Definition.Name, stale.Message!.Name);
    }
}
