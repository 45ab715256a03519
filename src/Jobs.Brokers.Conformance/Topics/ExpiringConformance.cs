using Jobs.Brokers.Conformance.Harness;
using Jobs.Messages;
using Xunit;

namespace Jobs.Brokers.Conformance;

/// <summary>What a worker no longer renews comes back, once, and is counted.</summary>
public abstract partial class ExpiringConformance<TFixture>(TFixture fixture) : BrokerConformance<TFixture>(fixture)
    where TFixture : BrokerFixture
{
    /// <summary>A lease that nobody renews ends: the job goes to another worker, and the delivery is counted.</summary>
    [Fact]
    [Needs(Capability.Copies)]
    public async Task D5_LeaseExpiry_Redelivers_With_Count2()
    {
        var node = await Bench.NodeAsync();
        var other = await Bench.NodeAsync();
        var drafts = await node.AcceptAsync(1);
        var lost = await node.Inbox.ReceiveAsync();
        var latest = Bench.Now + Fixture.Lease + Fixture.Slack;

        var again = await other.Inbox.ReceiveNotBeforeAsync(lost.LeaseUntil);

        Assert.Equal(drafts[0].Document(), again.DocumentOf());
        Assert.Equal(2, again.Deliveries);
        Assert.Equal((1, 0), (again.StateOf().Attempt, again.StateOf().Copy));
        Assert.True(Bench.Now <= latest, $"The lease ended by {latest:O}, but the job was back only at {Bench.Now:O}.");
    }

    /// <summary>Not only another: the worker that lost it may have it again, as a new delivery.</summary>
    [Fact]
    public async Task LeaseExpiry_Redelivers_To_The_Same_Worker_Too()
    {
        var node = await Bench.NodeAsync();
        await node.AcceptAsync(1);
        var lost = await node.Inbox.ReceiveAsync();

        await node.Inbox.PassLeaseAsync();
        var again = await node.Inbox.ReceiveAsync();

        Assert.NotSame(lost, again);
        Assert.Equal(SettleResult.LeaseLost, node.Inbox.Renew(lost));
        Assert.Equal(SettleResult.Ok, node.Inbox.Renew(again));
        await node.Inbox.CompleteAsync(again);
        await node.Inbox.StaysEmptyAsync(Fixture.Lease + Fixture.Slack);
    }

    /// <summary>Many leases that end at once come back once each, shared among who is left.</summary>
    [Fact]
    public async Task LeaseExpiry_Of_Many_Redelivers_Each_Once()
    {
        var dead = await Bench.NodeAsync();
        var live = new[] { await Bench.NodeAsync(), await Bench.NodeAsync() };
        var drafts = await dead.AcceptAsync(1_000);
        await dead.Inbox.ReceiveAsync(1_000);

        await dead.Inbox.PassLeaseAsync();
        var back = await Task.WhenAll(live.Select(static node => node.Inbox.ReceiveAsync(500)));

        Assert.Equal(drafts.Ids(), back.SelectMany(static deliveries => deliveries).Ids());
        foreach (var (node, deliveries) in live.Zip(back))
        {
            await node.Inbox.CompleteAsync(deliveries);
        }
    }

    /// <summary>A process that ends without a word loses its deliveries within the lease and a moment, to one that lives: nothing has to be started again.</summary>
    [Fact]
    public async Task D3_S17_WorkerKill_Job_Redelivered_Within_Lease_Plus_Slack()
    {
        var dead = await Bench.NodeAsync();
        var live = await Bench.NodeAsync();
        var drafts = await dead.AcceptAsync(5);
        await dead.Inbox.ReceiveAsync(5);
        var latest = Bench.Now + Fixture.Lease + Fixture.Slack;

        await dead.DisposeAsync();
        await Bench.PassAsync(Fixture.Lease);
        var back = await live.Inbox.ReceiveAsync(5);

        Assert.Equal(drafts.Ids(), back.Ids());
        Assert.True(Bench.Now <= latest, $"The lease ended by {latest:O}, but the jobs were back only at {Bench.Now:O}.");
    }

    /// <summary>Deliveries of a copy are counted, and the crashes they tell of travel with the copies that follow.</summary>
    [Fact]
    [Needs(Capability.Copies)]
    public async Task Crashes_Are_Counted_And_Carried()
    {
        var node = await Bench.NodeAsync();
        await node.AcceptAsync(1);
        for (var crash = 0; crash < 2; crash++)
        {
            Assert.Equal(crash + 1, (await node.Inbox.ReceiveAsync()).Deliveries);
            await node.Inbox.PassLeaseAsync();
        }

        var third = await node.Inbox.ReceiveAsync();
        Assert.Equal((3, 0), (third.Deliveries, third.StateOf().Crashes));
        await node.Inbox.ReleaseAsync(third);
        var released = await node.Inbox.ReceiveAsync();
        Assert.Equal((1, 2, 1), (released.Deliveries, released.StateOf().Crashes, released.StateOf().Attempt));
        await node.Inbox.PassLeaseAsync();
        await node.Inbox.RetryAsync(await node.Inbox.ReceiveAsync());

        var last = await node.Inbox.ReceiveAsync();

        Assert.Equal((1, 3, 2), (last.Deliveries, last.StateOf().Crashes, last.StateOf().Attempt));
    }

    /// <summary>Bytes that nobody can decode are leased like any message.</summary>
    [Fact]
    [Needs(Capability.Copies)]
    public async Task LeaseExpiry_Of_Undecodable_Bytes_Is_Counted()
    {
        var node = await Bench.NodeAsync();
        await node.SendRawAsync("no job"u8.ToArray());
        var lost = await node.Inbox.ReceiveAsync();
        var key = lost.BrokerMessageId;

        await node.Inbox.PassLeaseAsync();
        var again = await node.Inbox.ReceiveAsync();

        Assert.Equal((key, 2), (again.BrokerMessageId, again.Deliveries));
        await node.Inbox.CompleteAsync(again);
    }

    /// <summary>Two workers that were given one name by mistake hold their own jobs, and lose none of each other's.</summary>
    [Fact]
    [Needs(Capability.Copies)]
    public async Task D3_Workers_With_One_Name_Lose_Nothing()
    {
        var options = new ReceiverOptions { Lease = Fixture.Lease, Worker = "worker-1" };
        var dead = await Bench.ConnectAsync();
        await dead.ProvisionAsync(Bench.Topology());
        var live = await Bench.ConnectAsync();
        var (first, second) = (await dead.OpenAsync(Bench.Queue, options), await live.OpenAsync(Bench.Queue, options));
        var drafts = await live.AcceptAsync(10);
        var lost = await first.ReceiveAsync(5);
        var kept = await second.ReceiveAsync(5);
        Assert.Equal(drafts.Ids(), lost.Concat(kept).Ids());
        var ids = lost.Ids();
        await dead.DisposeAsync();

        var back = Array.Empty<JobDelivery>();
        for (var i = 0; i < 8; i++)
        {
            back = [.. back, .. await second.TakeForAsync(Fixture.Lease / 4)];
            Assert.All(second.RenewAll(kept), static result => Assert.Equal(SettleResult.Ok, result));
            second.RenewAll(back);
        }

        Assert.Equal(ids, back.Ids());
        Assert.All(back, static delivery => Assert.Equal(2, delivery.Deliveries));
        await second.CompleteAsync([.. kept, .. back]);
        await second.StaysEmptyAsync(Fixture.Lease + Fixture.Slack);
    }
}
