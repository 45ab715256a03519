using Jobs.Brokers.Conformance.Harness;
using Jobs.Messages;
using Xunit;

namespace Jobs.Brokers.Conformance;

/// <summary>A delivery belongs to its worker while it is renewed, and to somebody else for good once it was not.</summary>
public abstract class LeasingConformance<TFixture>(TFixture fixture) : BrokerConformance<TFixture>(fixture)
    where TFixture : BrokerFixture
{
    /// <summary>What is renewed stays; what is not, beside it, does not.</summary>
    [Fact]
    public async Task Renew_Keeps_What_Is_Renewed_And_Nothing_Else()
    {
        var node = await Bench.NodeAsync();
        var other = await Bench.NodeAsync();
        var drafts = await node.AcceptAsync(20);
        var deliveries = await node.Inbox.ReceiveAsync(drafts);
        var kept = deliveries[..10];

        var back = Array.Empty<JobDelivery>();
        for (var i = 0; i < 9; i++)
        {
            back = [.. back, .. await other.Inbox.TakeForAsync(Fixture.Lease / 3)];
            Assert.All(node.Inbox.RenewAll(kept), static result => Assert.Equal(SettleResult.Ok, result));
            other.Inbox.RenewAll(back);
        }

        Assert.Equal(drafts[10..].Ids(), back.Ids());
        await node.Inbox.CompleteAsync(kept);
        await other.Inbox.CompleteAsync(back);
    }

    /// <summary>A job that takes five leases runs once.</summary>
    [Fact]
    public async Task LongJob_5x_Lease_Runs_Once()
    {
        var node = await Bench.NodeAsync();
        var other = await Bench.NodeAsync();
        await node.AcceptAsync(1);
        var delivery = await node.Inbox.ReceiveAsync();
        for (var i = 0; i < 15; i++)
        {
            await other.Inbox.StaysEmptyAsync(Fixture.Lease / 3);
            var before = delivery.LeaseUntil;
            Assert.Equal(SettleResult.Ok, node.Inbox.Renew(delivery));
            Assert.InRange(delivery.LeaseUntil, before, Bench.Now + Fixture.Lease);
        }

        await node.Inbox.CompleteAsync(delivery);
        await other.Inbox.StaysEmptyAsync(Fixture.Lease + Fixture.Slack);
    }

    /// <summary>A renewal that comes too late says so, and the new owner keeps the job.</summary>
    [Fact]
    public async Task StaleHeartbeat_Does_Not_Steal_Back()
    {
        var node = await Bench.NodeAsync();
        var other = await Bench.NodeAsync();
        await node.AcceptAsync(10);
        var stale = await node.Inbox.ReceiveAsync(10);
        await node.Inbox.PassLeaseAsync();
        var current = await other.Inbox.ReceiveAsync(10);

        for (var i = 0; i < 6; i++)
        {
            Assert.All(node.Inbox.RenewAll(stale), static result => Assert.Equal(SettleResult.LeaseLost, result));
            Assert.All(other.Inbox.RenewAll(current), static result => Assert.Equal(SettleResult.Ok, result));
            await node.Inbox.StaysEmptyAsync(Fixture.Lease / 3);
        }

        await other.Inbox.CompleteAsync(current);
        await node.Inbox.StaysEmptyAsync(Fixture.Lease + Fixture.Slack);
    }

    /// <summary>Renewing what was settled changes nothing.</summary>
    [Fact]
    public async Task Renew_After_Settling_Is_LeaseLost()
    {
        var node = await Bench.NodeAsync();
        var drafts = await node.AcceptAsync(2);
        var deliveries = await node.Inbox.ReceiveAsync(drafts);
        await node.Inbox.CompleteAsync(deliveries[0]);

        Assert.Equal([SettleResult.LeaseLost, SettleResult.Ok], node.Inbox.RenewAll(deliveries));
    }

    /// <summary>A completion that comes too late is a result, not an error; the job runs to its end elsewhere.</summary>
    [Fact]
    public async Task Complete_After_LeaseLost_Is_Harmless()
    {
        var node = await Bench.NodeAsync();
        var other = await Bench.NodeAsync();
        await node.AcceptAsync(1);
        var stale = await node.Inbox.ReceiveAsync();
        await node.Inbox.PassLeaseAsync();
        var current = await other.Inbox.ReceiveAsync();

        Assert.Equal(SettleResult.LeaseLost, await node.Inbox.SettleAsync(Inbox.Completion(stale)));

        Assert.Equal(SettleResult.Ok, other.Inbox.Renew(current));
        await other.Inbox.CompleteAsync(current);
    }

    /// <summary>No end that comes too late touches the job, enqueues anything, or writes a copy or a dead letter.</summary>
    [Fact]
    public async Task Stale_Settlement_Touches_Nothing()
    {
        var node = await Bench.NodeAsync();
        var other = await Bench.NodeAsync();
        var drafts = await node.AcceptAsync(6);
        var stale = await node.Inbox.ReceiveAsync(drafts);
        await node.Inbox.PassLeaseAsync();
        var current = await other.Inbox.ReceiveAsync(6);

        var results = await node.Inbox.SettleAllAsync(
            Inbox.Completion(stale[0]),
            Inbox.Completion(stale[1]) with { Then = [Bench.Draft().Build()] },
            node.Inbox.Retry(stale[2]),
            new Settlement { Delivery = stale[3], Kind = SettleKind.Defer, Due = Bench.Now },
            new Settlement { Delivery = stale[4], Kind = SettleKind.Release },
            node.Inbox.Death(stale[5]));

        Assert.All(results, static result => Assert.Equal(SettleResult.LeaseLost, result));
        Assert.All(other.Inbox.RenewAll(current), static result => Assert.Equal(SettleResult.Ok, result));
        Assert.Empty(await node.Inbox.TakeAsync());
        if (Fixture.Declares(Capability.DeadLetters))
        {
            Assert.Equal(0, await node.CountDeadAsync());
        }

        Assert.Equal(drafts.Ids(), current.Ids());
        await other.Inbox.CompleteAsync(current);
        await other.Inbox.StaysEmptyAsync(Fixture.Lease + Fixture.Slack);
    }

    /// <summary>A lease that has passed but that nobody took: the end counts or it does not, but the job is neither lost nor run twice.</summary>
    [Fact]
    public async Task Complete_After_Expiry_Before_Redelivery_Counts_Or_Not()
    {
        var node = await Bench.NodeAsync();
        var drafts = await node.AcceptAsync(1);
        var late = await node.Inbox.ReceiveAsync();
        await node.Inbox.PassLeaseAsync();

        var result = await node.Inbox.SettleAsync(Inbox.Completion(late));

        if (result == SettleResult.Ok)
        {
            await node.Inbox.StaysEmptyAsync(Fixture.Lease + Fixture.Slack);
        }
        else
        {
            Assert.Equal(SettleResult.LeaseLost, result);
            Assert.Equal(drafts[0].Id, (await node.Inbox.ReceiveAsync()).IdOf());
        }
    }

    /// <summary>A worker that ends its jobs just when their leases end: each has one winner, whoever it is.</summary>
    [Fact]
    public async Task Complete_Racing_Redelivery_Has_One_Winner()
    {
        var node = await Bench.NodeAsync();
        var other = await Bench.NodeAsync();
        var drafts = await node.AcceptAsync(200);
        var late = await node.Inbox.ReceiveAsync(drafts);
        await node.Inbox.PassLeaseAsync();

        var settling = Task.Run(async () =>
        {
            var results = new List<SettleResult>();
            foreach (var delivery in late)
            {
                results.Add(await node.Inbox.SettleAsync(Inbox.Completion(delivery)));
            }

            return results;
        });
        var round = Fixture.Slack + TimeSpan.FromMilliseconds(100);
        var taken = new HashSet<JobId>();
        var isOver = false;
        while (!isOver)
        {
            // One more round after the last completion: whatever is left comes within it.
            isOver = settling.IsCompleted;
            for (var deliveries = await other.Inbox.TakeForAsync(round, 10); deliveries.Length > 0; deliveries = await other.Inbox.TakeForAsync(round, 10))
            {
                Assert.All(deliveries, delivery => Assert.True(taken.Add(delivery.IdOf())));
                await other.Inbox.CompleteAsync(deliveries);
            }
        }

        var results = await settling;

        Assert.All(results, static result => Assert.NotEqual(SettleResult.Unknown, result));
        Assert.All(drafts.Zip(results), pair => Assert.NotEqual(pair.Second == SettleResult.Ok, taken.Contains(pair.First.Id)));
    }
}
