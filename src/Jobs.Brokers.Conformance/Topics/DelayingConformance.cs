using Jobs.Brokers.Conformance.Harness;
using Xunit;

namespace Jobs.Brokers.Conformance;

/// <summary>A delay reaches any horizon, never ends early, and holds up nobody.</summary>
public abstract class DelayingConformance<TFixture>(TFixture fixture) : BrokerConformance<TFixture>(fixture)
    where TFixture : BrokerFixture
{
    /// <summary>Several delays, sent in another order than they are due in.</summary>
    [Fact]
    public async Task D7_Delay_1s_2s_5s_Respected()
    {
        var node = await Bench.NodeAsync();
        var start = Bench.Now;
        Draft[] drafts = [.. new[] { 5, 1, 2 }.Select(seconds => Bench.Draft() with { Due = start + TimeSpan.FromSeconds(seconds) })];
        await node.AcceptAsync(drafts);

        foreach (var draft in drafts.OrderBy(static draft => draft.Due))
        {
            var delivery = await node.Inbox.ReceiveNotBeforeAsync(draft.Due!.Value);
            Assert.Equal(draft.Id, delivery.IdOf());
            Assert.InRange(Bench.Now - draft.Due.Value, TimeSpan.Zero, Fixture.Slack);
            await node.Inbox.CompleteAsync(delivery);
        }
    }

    /// <summary>A due time in the past is no delay.</summary>
    [Fact]
    public async Task Past_Due_Fires_Now()
    {
        var node = await Bench.NodeAsync();
        Draft[] drafts = [Bench.Draft() with { Due = Bench.Now.AddDays(-1) }, Bench.Draft() with { Due = DateTimeOffset.UnixEpoch }];
        await node.AcceptAsync(drafts);

        Assert.Equal(drafts.Ids(), (await node.Inbox.ReceiveAsync(2)).Ids());
    }

    /// <summary>A delay that the broker itself may not know is kept all the same, and does not run out early.</summary>
    [Fact]
    public async Task Delay_Beyond_Native_Max_Works()
    {
        var node = await Bench.NodeAsync();
        var limit = node.Broker.Features.NativeDelayLimit ?? TimeSpan.FromDays(30);
        Draft[] drafts = [Bench.Draft() with { Due = Bench.Now + (limit * 2) }, Bench.Draft() with { Due = Bench.Now.AddYears(10) }];
        await node.AcceptAsync(drafts);

        await node.Inbox.StaysEmptyAsync(Fixture.Lease + Fixture.Slack);

        if (Fixture.Declares(Capability.QueueAdmin))
        {
            await node.HasDepthAsync(0, 0, 2);
        }
    }

    /// <summary>What waits for its time holds up nothing behind it.</summary>
    [Fact]
    public async Task D6_Delayed_Does_Not_Block_Others()
    {
        var node = await Bench.NodeAsync();
        await node.AcceptAsync([.. Bench.Drafts(50).Select(draft => draft with { Due = Bench.Now.AddHours(1) })]);
        var drafts = await node.AcceptAsync(10);

        Assert.Equal(drafts.Ids(), (await node.Inbox.ReceiveAsync(10)).Ids());
        Assert.Empty(await node.Inbox.TakeAsync());
    }

    /// <summary>A delay wakes a worker that waits.</summary>
    [Fact]
    public async Task Delayed_Wakes_A_Waiting_Receiver_On_Time()
    {
        var node = await Bench.NodeAsync();
        var due = Bench.Now.AddSeconds(1);
        await (await Bench.ConnectAsync()).AcceptAsync(Bench.Draft() with { Due = due });

        var arrived = await node.Inbox.TakeForAsync(TimeSpan.FromSeconds(1) + Fixture.Slack);

        Assert.Single(arrived);
        Assert.True(Bench.Now >= due);
    }

    /// <summary>Many at once, promoted by several processes: each once, none early.</summary>
    [Fact]
    public async Task Promote_By_Many_Nodes_Once()
    {
        var nodes = new[] { await Bench.NodeAsync(), await Bench.NodeAsync(), await Bench.NodeAsync(), await Bench.NodeAsync() };
        var due = Bench.Now.AddSeconds(1);
        Draft[] drafts = [.. Bench.Drafts(400).Select(draft => draft with { Due = due })];
        await nodes[0].AcceptAsync(drafts);
        await Bench.PassAsync(due - Bench.Now);

        var received = await Task.WhenAll(nodes.Select(static node => node.Inbox.ReceiveAsync(100)));

        Assert.Equal(drafts.Ids(), received.SelectMany(static deliveries => deliveries).Ids());
        Assert.Empty(await nodes[0].Inbox.TakeAsync());
    }

    /// <summary>Ten thousand that are due at once arrive soon after, each once.</summary>
    [Fact]
    public async Task Delayed_10k_Bulk_Promote_OnTime()
    {
        const int Jobs = 10_000;
        var node = await Bench.NodeAsync();
        var due = Bench.Now.AddSeconds(4);
        var drafts = Bench.Drafts(Jobs);
        for (var i = 0; i < drafts.Length; i++)
        {
            drafts[i] = drafts[i] with { Due = due };
        }

        foreach (var chunk in drafts.Chunk(1_000))
        {
            await node.AcceptAsync(chunk);
        }

        var seen = new HashSet<JobId>();
        var first = await node.Inbox.ReceiveNotBeforeAsync(due);
        Assert.True(seen.Add(first.IdOf()));
        await node.Inbox.CompleteAsync(first);
        while (seen.Count < Jobs)
        {
            var deliveries = await node.Inbox.TakeAsync();
            deliveries = deliveries.Length > 0 ? deliveries : await node.Inbox.ReceiveAsync(1);
            Assert.All(deliveries, delivery => Assert.True(seen.Add(delivery.IdOf())));
            await node.Inbox.CompleteAsync(deliveries);
        }

        Assert.InRange(Bench.Now - due, TimeSpan.Zero, Fixture.BulkTime + Fixture.Slack);
    }

    /// <summary>What falls due while no worker lives runs when one does, once.</summary>
    [Fact]
    public async Task Delayed_Survives_All_Workers_Down_Then_Fires()
    {
        var gone = await Bench.NodeAsync();
        var due = Bench.Now.AddSeconds(1);
        Draft[] drafts = [.. Bench.Drafts(20).Select(draft => draft with { Due = due })];
        await gone.AcceptAsync(drafts);
        await gone.DisposeAsync();
        await Bench.PassAsync(due.AddSeconds(1) - Bench.Now);

        var node = await Bench.NodeAsync();

        var deliveries = await node.Inbox.ReceiveAsync(20);
        Assert.Equal(drafts.Ids(), deliveries.Ids());
        await node.Inbox.CompleteAsync(deliveries);
        Assert.Empty(await node.Inbox.TakeAsync());
    }
}
