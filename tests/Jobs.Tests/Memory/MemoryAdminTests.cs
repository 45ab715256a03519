using Jobs.Brokers;

namespace Jobs.Tests.Memory;

public class MemoryAdminTests
{
    [Fact]
    public async Task Depth_tells_waiting_in_flight_delayed_and_the_oldest_age()
    {
        await using var bench = new MemoryBench();
        await bench.SendManyAsync(3);
        var delayed = bench.Message();
        delayed.Due = bench.Now.AddHours(1);
        await bench.SendAsync(delayed);
        bench.Clock.Advance(TimeSpan.FromSeconds(5));
        await bench.SendManyAsync(1);
        await bench.ReceiveOneAsync();

        Assert.Equal(new QueueDepth(3, 1, 1, TimeSpan.FromSeconds(5)), await bench.DepthAsync());
    }

    [Fact]
    public async Task The_age_of_a_delayed_message_counts_from_when_it_was_due()
    {
        await using var bench = new MemoryBench();
        var delayed = bench.Message();
        delayed.Due = bench.Now.AddHours(1);
        await bench.SendAsync(delayed);

        bench.Clock.Advance(TimeSpan.FromHours(1) + TimeSpan.FromSeconds(2));

        Assert.Equal(new QueueDepth(1, 0, 0, TimeSpan.FromSeconds(2)), await bench.DepthAsync());
    }

    [Fact]
    public async Task A_queue_that_nobody_used_is_empty_and_stays_unmade()
    {
        await using var bench = new MemoryBench();

        Assert.Equal(new QueueDepth(0, 0, 0, TimeSpan.Zero), await bench.Broker.GetDepthAsync("nowhere", MemoryBench.Token));
        Assert.False(await bench.Broker.IsPausedAsync("nowhere", MemoryBench.Token));
        Assert.Equal(0, await bench.Broker.PurgeAsync("nowhere", MemoryBench.Token));
    }

    [Fact]
    public async Task A_paused_queue_hands_out_nothing_until_it_is_resumed()
    {
        await using var bench = new MemoryBench();
        await bench.SendManyAsync(1);
        var inHand = await bench.ReceiveOneAsync();
        await bench.Broker.SetPausedAsync(MemoryBench.Queue, true, MemoryBench.Token);
        await bench.SendManyAsync(1);

        Assert.True(await bench.Broker.IsPausedAsync(MemoryBench.Queue, MemoryBench.Token));
        Assert.Empty(await bench.ReceiveAsync());
        var waiting = bench.Receiver.ReceiveAsync(new JobDelivery[1], wait: true, MemoryBench.Token);
        Assert.False(waiting.IsCompleted);
        Assert.Equal(SettleResult.Ok, await bench.CompleteAsync(inHand));

        await bench.Broker.SetPausedAsync(MemoryBench.Queue, false, MemoryBench.Token);

        Assert.Equal(1, await waiting);
    }

    [Fact]
    public async Task Purge_removes_waiting_and_delayed_only()
    {
        await using var bench = new MemoryBench();
        await bench.BuryAsync();
        await bench.SendManyAsync(3);
        var inHand = await bench.ReceiveOneAsync();
        var delayed = bench.Message();
        delayed.Due = bench.Now.AddHours(1);
        await bench.SendAsync(delayed);

        Assert.Equal(3, await bench.Broker.PurgeAsync(MemoryBench.Queue, MemoryBench.Token));

        bench.Clock.Advance(TimeSpan.FromSeconds(1));
        Assert.Equal(new QueueDepth(0, 1, 0, TimeSpan.Zero), await bench.DepthAsync());
        Assert.Equal(SettleResult.Ok, await bench.CompleteAsync(inHand));
        Assert.Equal(1, await bench.Broker.CountDeadLettersAsync(MemoryBench.Queue, MemoryBench.Token));
    }

    [Fact]
    public async Task Purge_ends_a_job_whose_lease_passed_and_its_id()
    {
        await using var bench = new MemoryBench();
        var message = bench.Message();
        message.MayRepeat = true;
        await bench.SendAsync(message);
        var delivery = await bench.ReceiveOneAsync();
        bench.Clock.Advance(TimeSpan.FromMinutes(11));

        Assert.Equal(1, await bench.Broker.PurgeAsync(MemoryBench.Queue, MemoryBench.Token));

        Assert.Equal(SettleResult.LeaseLost, await bench.CompleteAsync(delivery));
        Assert.Equal(new QueueDepth(0, 0, 0, TimeSpan.Zero), await bench.DepthAsync());
        var again = bench.Message();
        again.Id = delivery.Message!.Id;
        again.MayRepeat = true;
        Assert.Equal(SendStatus.Accepted, (await bench.SendAsync(again)).Status);
    }

    [Fact]
    public async Task Provisioning_is_idempotent_and_verify_names_each_difference()
    {
        await using var bench = new MemoryBench();
        var topology = Topology(new QueueTopology("a", MemoryBench.Lease) { MaxLength = 5 }, new QueueTopology("b", MemoryBench.Lease));
        await bench.Broker.ProvisionAsync(topology, ProvisionMode.CreateIfMissing, MemoryBench.Token);
        await bench.Broker.ProvisionAsync(topology, ProvisionMode.CreateIfMissing, MemoryBench.Token);
        await bench.Broker.ProvisionAsync(topology, ProvisionMode.Verify, MemoryBench.Token);

        var other = Topology(
            new QueueTopology("a", MemoryBench.Lease) { MaxLength = 6 },
            new QueueTopology("b", MemoryBench.Lease) { Priorities = [JobPriority.High, JobPriority.Low] },
            new QueueTopology("c", MemoryBench.Lease));
        var error = await Assert.ThrowsAsync<JobConfigurationException>(async () =>
            await bench.Broker.ProvisionAsync(other, ProvisionMode.Verify, MemoryBench.Token));

        Assert.Contains("queue 'a' has MaxLength 5 instead of 6", error.Message, StringComparison.Ordinal);
        Assert.Contains("queue 'b' has the priorities Normal instead of High, Low", error.Message, StringComparison.Ordinal);
        Assert.Contains("queue 'c' does not exist", error.Message, StringComparison.Ordinal);
    }

    private static BrokerTopology Topology(params QueueTopology[] queues) => new("test", queues);
}
