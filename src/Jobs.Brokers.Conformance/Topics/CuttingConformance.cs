using Jobs.Brokers.Conformance.Faults;
using Jobs.Brokers.Conformance.Harness;
using Jobs.Messages;
using Xunit;

namespace Jobs.Brokers.Conformance;

/// <summary>A connection cut in the middle of a call: what was asked for is done or not done, never half.</summary>
[Needs(Capability.Outages)]
public abstract class CuttingConformance<TFixture>(TFixture fixture) : BrokerConformance<TFixture>(fixture)
    where TFixture : BrokerFixture
{
    // For what need not wait for a lease to end.
    private static readonly TimeSpan AtOnce = TimeSpan.FromMilliseconds(500);

    /// <summary>A connection cut anywhere in a send: what was accepted is there once, what was refused is not there.</summary>
    [Theory]
    [InlineData(ProxyDirection.ToServer, 1)]
    [InlineData(ProxyDirection.ToServer, 5_000)]
    [InlineData(ProxyDirection.ToServer, 60_000)]
    [InlineData(ProxyDirection.ToClient, 1)]
    [InlineData(ProxyDirection.ToClient, 500)]
    public async Task Disconnect_During_Send_Loses_And_Duplicates_Nothing(ProxyDirection direction, int bytes)
    {
        await using var proxy = Bench.Proxy();
        var node = await Bench.NodeAsync(server: proxy.EndPoint);
        var other = await Bench.NodeAsync();
        await node.Inbox.Receiver.StopAsync(Token);
        var drafts = Bench.Drafts(500);
        proxy.CutAfter(bytes, direction);

        var results = await node.SendAllAsync(drafts);

        var arrived = await DrainAsync(other, results.Count(static result => result.Status == SendStatus.Accepted), AtOnce);
        foreach (var (draft, result) in drafts.Zip(results))
        {
            var times = arrived.GetValueOrDefault(draft.Id);
            Assert.True(result.Status switch
            {
                SendStatus.Accepted or SendStatus.Duplicate => times == 1,
                SendStatus.Unknown => times <= 1,
                _ => times == 0,
            }, $"{result.Status}, but delivered {times} times.");
        }
    }

    /// <summary>A connection cut anywhere in what the server hands out: what arrived whole is there at once, the rest comes back, and nothing comes twice.</summary>
    [Theory]
    [InlineData(1)]
    [InlineData(300)]
    [InlineData(3_000)]
    [InlineData(9_000)]
    public async Task Disconnect_During_Receive_Loses_And_Duplicates_Nothing(int bytes)
    {
        await using var proxy = Bench.Proxy();
        var node = await Bench.NodeAsync(server: proxy.EndPoint);
        var drafts = await (await Bench.ConnectAsync()).AcceptAsync(40);
        proxy.CutAfter(bytes, ProxyDirection.ToClient);

        var arrived = await DrainAsync(node, 1, Fixture.Lease + Fixture.Slack);

        Assert.Equal(drafts.Ids(), arrived.Keys.Select(static id => id.ToString()).Order(StringComparer.Ordinal));
        Assert.All(arrived.Values, static times => Assert.Equal(1, times));
    }

    /// <summary>A connection cut anywhere in a settlement: completions are done sooner or later, and none of them runs again here.</summary>
    [Theory]
    [InlineData(ProxyDirection.ToServer, 1)]
    [InlineData(ProxyDirection.ToServer, 700)]
    [InlineData(ProxyDirection.ToClient, 1)]
    [InlineData(ProxyDirection.ToClient, 60)]
    public async Task Disconnect_During_Settle_Completes_Never_Hangs(ProxyDirection direction, int bytes)
    {
        await using var proxy = Bench.Proxy();
        var node = await Bench.NodeAsync(server: proxy.EndPoint);
        await (await Bench.ConnectAsync()).AcceptAsync([.. Bench.Drafts(50)]);
        var deliveries = await node.Inbox.ReceiveAsync(50);
        proxy.CutAfter(bytes, direction);

        var results = await node.Inbox.SettleAllAsync([.. deliveries.Select(static delivery => Inbox.Completion(delivery))]);

        Assert.All(results, static result => Assert.NotEqual(SettleResult.LeaseLost, result));
        await node.Inbox.StaysEmptyAsync(Fixture.Lease + Fixture.Slack);
        if (Fixture.Declares(Capability.ExactDepth))
        {
            await node.HasDepthAsync(0, 0, 0);
        }
    }

    /// <summary>A producer that does not know what became of its jobs sends them again with the same ids: one job each.</summary>
    [Theory]
    [Needs(Capability.Deduplication)]
    [InlineData(ProxyDirection.ToServer, 5_000)]
    [InlineData(ProxyDirection.ToClient, 1)]
    [InlineData(ProxyDirection.ToClient, 500)]
    public async Task S67_Resend_After_Unknown_Makes_No_Second_Job(ProxyDirection direction, int bytes)
    {
        await using var proxy = Bench.Proxy();
        var node = await Bench.ConnectAsync(proxy.EndPoint);
        var other = await Bench.NodeAsync();
        Draft[] drafts = [.. Bench.Drafts(200).Select(static draft => draft with { MayRepeat = true })];
        Draft[] left = drafts;
        proxy.CutAfter(bytes, direction);
        await Bench.UntilAsync(async () =>
        {
            var results = await node.SendAllAsync(left);
            left = [.. left.Where((_, i) => !results[i].IsStored)];
            return left.Length == 0;
        }, "all jobs are stored");

        var arrived = await DrainAsync(other, 200, AtOnce);

        Assert.Equal(drafts.Ids(), arrived.Keys.Select(static id => id.ToString()).Order(StringComparer.Ordinal));
        Assert.All(arrived.Values, static times => Assert.Equal(1, times));
    }

    /// <summary>A producer that stops waiting for a server that stands still, and sends again while it still does: one job each, and the second is told of it.</summary>
    [Theory]
    [Needs(Capability.Deduplication)]
    [InlineData(ProxyDirection.ToServer, false)]
    [InlineData(ProxyDirection.ToClient, false)]
    [InlineData(ProxyDirection.ToServer, true)]
    [InlineData(ProxyDirection.ToClient, true)]
    public async Task S67_Resend_After_A_Timeout_Makes_No_Second_Job(ProxyDirection direction, bool isCut)
    {
        await using var proxy = Bench.Proxy();
        var node = await Bench.ConnectAsync(proxy.EndPoint);
        await node.ProvisionAsync(Bench.Topology());
        var other = await Bench.NodeAsync();
        Draft[] drafts = [.. Bench.Drafts(20).Select(static draft => draft with { MayRepeat = true })];
        var first = new SendResult[drafts.Length];
        proxy.Stall(direction);
        using (var limit = new CancellationTokenSource(AtOnce / 2, TimeProvider.System))
        {
            await Bench.WithinAsync(node.Broker.SendAsync(drafts.Select(static draft => draft.Build()).ToArray(), first, limit.Token));
        }

        var again = node.SendAllAsync([.. drafts, Bench.Draft()]);
        if (isCut)
        {
            proxy.Cut();
        }

        proxy.Resume();
        var second = await again;

        Assert.All(first, static result => Assert.True(result.Status is SendStatus.Unknown or SendStatus.Failed, $"{result.Status}"));
        Assert.All(second, static result => Assert.True(result.IsStored, $"{result.Status}: {result.Error}"));
        var arrived = await DrainAsync(other, drafts.Length + 1, AtOnce);
        Assert.Equal(drafts.Length + 1, arrived.Count);
        Assert.All(arrived.Values, static times => Assert.Equal(1, times));
    }

    /// <summary>What a handler enqueued is there when its job is gone, however the connection ends: a job that is not gone runs again and enqueues the same.</summary>
    [Theory]
    [Needs(Capability.Deduplication)]
    [InlineData(ProxyDirection.ToServer, 1)]
    [InlineData(ProxyDirection.ToServer, 4_000)]
    [InlineData(ProxyDirection.ToClient, 1)]
    public async Task Then_Crash_Loses_And_Duplicates_No_Child(ProxyDirection direction, int bytes)
    {
        await using var proxy = Bench.Proxy();
        var node = await Bench.NodeAsync([Bench.Topology(), Bench.Topology("children")], proxy.EndPoint);
        var other = await Bench.NodeAsync([Bench.Topology(), Bench.Topology("children")]);
        var children = await other.OpenAsync("children");
        var parents = await other.AcceptAsync(20);
        var deliveries = await node.Inbox.ReceiveAsync(20);
        await node.Inbox.Receiver.StopAsync(Token);
        proxy.CutAfter(bytes, direction);

        await node.Inbox.SettleAllAsync([.. deliveries.Select(WithChild)]);

        var arrived = new List<JobDelivery>();
        await Bench.UntilAsync(async () =>
        {
            await other.Inbox.SettleAllAsync([.. (await other.Inbox.TakeAsync()).Select(WithChild)]);
            arrived.AddRange(await children.TakeAsync());
            children.RenewAll([.. arrived]);
            return arrived.Count >= 20;
        }, "all children have arrived");
        arrived.AddRange(await children.TakeForAsync(AtOnce));
        Assert.Equal(parents.Select(static parent => parent with { Id = parent.Id.Child(0) }).Ids(), arrived.Ids());
    }

    /// <summary>A retry cut in the middle is done, or not done: never lost, never two jobs.</summary>
    [Theory]
    [InlineData(ProxyDirection.ToServer, 1)]
    [InlineData(ProxyDirection.ToServer, 3_000)]
    [InlineData(ProxyDirection.ToClient, 1)]
    [InlineData(ProxyDirection.ToClient, 60)]
    public async Task Retry_Crash_Between_Publish_And_Ack_NoLoss_NoDouble(ProxyDirection direction, int bytes)
    {
        await using var proxy = Bench.Proxy();
        var node = await Bench.NodeAsync(server: proxy.EndPoint);
        var other = await Bench.NodeAsync();
        var drafts = await other.AcceptAsync(20);
        var deliveries = await node.Inbox.ReceiveAsync(20);
        await node.Inbox.Receiver.StopAsync(Token);
        proxy.CutAfter(bytes, direction);

        await node.Inbox.SettleAllAsync([.. deliveries.Select(delivery => node.Inbox.Retry(delivery))]);

        var arrived = await DrainAsync(other, 20, Fixture.Lease + Fixture.Slack);
        Assert.Equal(drafts.Ids(), arrived.Keys.Select(static id => id.ToString()).Order(StringComparer.Ordinal));
        Assert.All(arrived.Values, static times => Assert.Equal(1, times));
    }

    /// <summary>A death cut in the middle leaves one dead letter, or the job; never neither, never both.</summary>
    [Theory]
    [Needs(Capability.DeadLetters)]
    [InlineData(ProxyDirection.ToServer, 1)]
    [InlineData(ProxyDirection.ToServer, 3_000)]
    [InlineData(ProxyDirection.ToClient, 1)]
    [InlineData(ProxyDirection.ToClient, 60)]
    public async Task D16_DeadLetter_Crash_NoLoss_NoDouble(ProxyDirection direction, int bytes)
    {
        await using var proxy = Bench.Proxy();
        var node = await Bench.NodeAsync(server: proxy.EndPoint);
        var other = await Bench.NodeAsync();
        await other.AcceptAsync(20);
        var deliveries = await node.Inbox.ReceiveAsync(20);
        await node.Inbox.Receiver.StopAsync(Token);
        proxy.CutAfter(bytes, direction);

        await node.Inbox.SettleAllAsync([.. deliveries.Select(delivery => node.Inbox.Death(delivery))]);

        var seen = new HashSet<JobId>();
        await Bench.UntilAsync(async () =>
        {
            var back = await other.Inbox.TakeAsync();
            Assert.All(back, delivery => Assert.True(seen.Add(delivery.IdOf())));
            await other.Inbox.CompleteAsync(back);
            return seen.Count + await other.CountDeadAsync() >= 20;
        }, "every job is dead or back");
        await other.Inbox.StaysEmptyAsync(Fixture.Lease + Fixture.Slack);
        var dead = (await other.PageDeadAsync()).Items.Select(static letter => letter.Message!.Id).ToArray();
        Assert.Equal(20, dead.Concat(seen).Distinct().Count());
        Assert.Equal(20, dead.Length + seen.Count);
    }

    /// <summary>A replay cut in the middle is done, or can be done again: one job each in the end.</summary>
    [Theory]
    [Needs(Capability.DeadLetters)]
    [InlineData(ProxyDirection.ToServer, 200)]
    [InlineData(ProxyDirection.ToClient, 1)]
    [InlineData(ProxyDirection.ToClient, 2_000)]
    public async Task DeadLetter_Requeue_Crash_NoLoss(ProxyDirection direction, int bytes)
    {
        await using var proxy = Bench.Proxy();
        var node = await Bench.ConnectAsync(proxy.EndPoint);
        var other = await Bench.NodeAsync();
        var drafts = await other.BuryAsync(Bench.Drafts(20));
        await node.CountDeadAsync();
        proxy.CutAfter(bytes, direction);

        try
        {
            await node.ReplayAsync(new ReplayFilter());
        }
        catch (Exception e) when (e is IOException or JobException)
        {
            // A replay may fail; it must be possible to do it again.
        }

        await node.ReplayAsync(new ReplayFilter());

        Assert.Equal(0, await other.CountDeadAsync());
        var arrived = await DrainAsync(other, 20, AtOnce);
        Assert.Equal(drafts.Ids(), arrived.Keys.Select(static id => id.ToString()).Order(StringComparer.Ordinal));
        Assert.All(arrived.Values, static times => Assert.Equal(1, times));
    }

    private Settlement WithChild(JobDelivery parent) => Inbox.Completion(parent) with
    {
        Then = [(Bench.Draft() with { Id = parent.IdOf().Child(0), EnqueuedAt = parent.Message!.EnqueuedAt, Queue = "children", MayRepeat = true }).Build()],
    };

    // Everything that comes until so many have come and then nothing more does for a while, completed; how often each came.
    private static async Task<Dictionary<JobId, int>> DrainAsync(Node node, int atLeast, TimeSpan rest)
    {
        var arrived = new Dictionary<JobId, int>();
        for (var deliveries = await node.Inbox.ReceiveAsync(atLeast); deliveries.Length > 0; deliveries = await node.Inbox.TakeForAsync(rest))
        {
            foreach (var delivery in deliveries)
            {
                arrived[delivery.IdOf()] = arrived.GetValueOrDefault(delivery.IdOf()) + 1;
            }

            await node.Inbox.CompleteAsync(deliveries);
        }

        return arrived;
    }
}
