using Jobs.Brokers.Conformance.Faults;
using Jobs.Brokers.Conformance.Harness;
using Jobs.Messages;
using Xunit;

namespace Jobs.Brokers.Conformance;

/// <summary>A network that fails costs time, never jobs.</summary>
[Needs(Capability.Outages)]
public abstract class ConnectingConformance<TFixture>(TFixture fixture) : BrokerConformance<TFixture>(fixture)
    where TFixture : BrokerFixture
{
    /// <summary>A receiver that waits when its connection is cut goes on waiting on the next.</summary>
    [Fact]
    public async Task Disconnect_During_Receive_Resumes()
    {
        await using var proxy = Proxy();
        var node = await Bench.NodeAsync(server: proxy.EndPoint);
        var producer = await Bench.ConnectAsync();
        for (var i = 0; i < 3; i++)
        {
            var waiting = node.Inbox.ReceiveAsync();
            proxy.Cut();
            var draft = (await producer.AcceptAsync(1))[0];
            var delivery = await waiting;
            Assert.Equal(draft.Id, delivery.IdOf());
            await node.Inbox.CompleteAsync(delivery);
        }
    }

    /// <summary>A connection cut anywhere in a send: what was accepted is there once, what was refused is not there.</summary>
    [Theory]
    [InlineData(ProxyDirection.ToServer, 1)]
    [InlineData(ProxyDirection.ToServer, 5_000)]
    [InlineData(ProxyDirection.ToServer, 60_000)]
    [InlineData(ProxyDirection.ToClient, 1)]
    [InlineData(ProxyDirection.ToClient, 500)]
    public async Task Disconnect_During_Send_Loses_And_Duplicates_Nothing(ProxyDirection direction, int bytes)
    {
        await using var proxy = Proxy();
        var node = await Bench.NodeAsync(server: proxy.EndPoint);
        var other = await Bench.NodeAsync();
        await node.Inbox.Receiver.StopAsync(Token);
        var drafts = Bench.Drafts(500);
        proxy.CutAfter(bytes, direction);

        var results = await node.SendAllAsync(drafts);

        var arrived = await DrainAsync(other, results.Count(static result => result.Status == SendStatus.Accepted));
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

    /// <summary>A connection cut anywhere in a settlement: completions are done sooner or later, and none of them runs again here.</summary>
    [Theory]
    [InlineData(ProxyDirection.ToServer, 1)]
    [InlineData(ProxyDirection.ToServer, 700)]
    [InlineData(ProxyDirection.ToClient, 1)]
    [InlineData(ProxyDirection.ToClient, 60)]
    public async Task Disconnect_During_Settle_Completes_Never_Hangs(ProxyDirection direction, int bytes)
    {
        await using var proxy = Proxy();
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

    /// <summary>A retry cut in the middle is done, or not done: never lost, never two jobs.</summary>
    [Theory]
    [InlineData(ProxyDirection.ToServer, 1)]
    [InlineData(ProxyDirection.ToServer, 3_000)]
    [InlineData(ProxyDirection.ToClient, 1)]
    [InlineData(ProxyDirection.ToClient, 60)]
    public async Task Retry_Crash_Between_Publish_And_Ack_NoLoss_NoDouble(ProxyDirection direction, int bytes)
    {
        await using var proxy = Proxy();
        var node = await Bench.NodeAsync(server: proxy.EndPoint);
        var other = await Bench.NodeAsync();
        var drafts = await other.AcceptAsync(20);
        var deliveries = await node.Inbox.ReceiveAsync(20);
        await node.Inbox.Receiver.StopAsync(Token);
        proxy.CutAfter(bytes, direction);

        await node.Inbox.SettleAllAsync([.. deliveries.Select(delivery => node.Inbox.Retry(delivery))]);

        var arrived = await DrainAsync(other, 20);
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
    public async Task DeadLetter_Crash_NoLoss_NoDouble(ProxyDirection direction, int bytes)
    {
        await using var proxy = Proxy();
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
        await using var proxy = Proxy();
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
        var arrived = await DrainAsync(other, 20);
        Assert.Equal(drafts.Ids(), arrived.Keys.Select(static id => id.ToString()).Order(StringComparer.Ordinal));
        Assert.All(arrived.Values, static times => Assert.Equal(1, times));
    }

    /// <summary>No way to the server for a while: health says so, and work goes on by itself afterwards.</summary>
    [Fact]
    public async Task Disconnect_For_Long_Workers_Resume_Without_Restart()
    {
        await using var proxy = Proxy();
        var node = await Bench.NodeAsync(server: proxy.EndPoint);
        var waiting = node.Inbox.ReceiveAsync();
        proxy.Refuse();
        proxy.Cut();
        await Bench.UntilAsync(() => Task.FromResult(node.Broker.Health.Status != BrokerStatus.Connected), "health tells the outage");
        await Bench.PassAsync(Fixture.Lease * 1.5);
        Assert.False(waiting.IsCompleted);

        proxy.Resume();
        var draft = (await (await Bench.ConnectAsync()).AcceptAsync(1))[0];

        Assert.Equal(draft.Id, (await waiting).IdOf());
        await Bench.UntilAsync(() => Task.FromResult(node.Broker.Health.Status == BrokerStatus.Connected), "health tells the return");
    }

    /// <summary>A connection that ended for the server alone is found dead and replaced.</summary>
    [Fact]
    public async Task HalfOpen_Connection_Detected()
    {
        await using var proxy = Proxy();
        var node = await Bench.NodeAsync(server: proxy.EndPoint);
        var producer = await Bench.ConnectAsync();
        var waiting = node.Inbox.ReceiveAsync();
        proxy.HalfOpen();

        var draft = (await producer.AcceptAsync(1))[0];

        Assert.Equal(draft.Id, (await waiting).IdOf());
        Assert.Equal(SendStatus.Accepted, (await node.SendAsync(Bench.Draft())).Status);
    }

    /// <summary>A connection on which nothing arrives any more is found dead; what went into it is not lost.</summary>
    [Fact]
    public async Task Stalled_Connection_Detected()
    {
        await using var proxy = Proxy();
        var node = await Bench.NodeAsync(server: proxy.EndPoint);
        var producer = await Bench.ConnectAsync();
        var waiting = node.Inbox.ReceiveAsync(3);
        proxy.Stall(ProxyDirection.ToClient);
        var drafts = await producer.AcceptAsync(3);
        await Bench.UntilAsync(() => Task.FromResult(node.Broker.Health.Status != BrokerStatus.Connected), "health tells that nothing arrives");

        proxy.Cut();
        proxy.Resume();

        Assert.Equal(drafts.Ids(), (await waiting).Ids());
    }

    /// <summary>A way that is long is paid for once per call, not once per job.</summary>
    [Fact]
    public async Task Latency_Is_Paid_Per_Batch()
    {
        await using var proxy = Proxy();
        var node = await Bench.NodeAsync(server: proxy.EndPoint);
        proxy.Delay = TimeSpan.FromMilliseconds(20);
        var start = TimeProvider.System.GetTimestamp();

        await node.AcceptAsync(300);
        await node.Inbox.CompleteAsync(await node.Inbox.ReceiveAsync(300));

        Assert.InRange(TimeProvider.System.GetElapsedTime(start), TimeSpan.Zero, TimeSpan.FromSeconds(3));
    }

    /// <summary>Cuts at any time, under load: every job that was accepted is done.</summary>
    [Fact]
    public async Task Cuts_Under_Load_Lose_Nothing()
    {
        const int Jobs = 1_000;
        await using var proxy = Proxy();
        var load = new Load(Bench, Jobs);
        await load.StartAsync(2, proxy.EndPoint);
        var cuts = 0;
        await load.RunAsync(() =>
        {
            cuts++;
            proxy.Cut();
            return Task.CompletedTask;
        });

        load.AssertNothingLost();
        Assert.True(cuts > 0);
    }

    /// <summary>Consumers deleted by somebody else come back by themselves, and no message goes with them.</summary>
    [Fact]
    [Needs(Capability.ConsumerState)]
    public async Task Consumer_Or_Group_Deleted_Externally_Recreated()
    {
        var node = await Bench.NodeAsync();
        var producer = await Bench.ConnectAsync();
        await node.AcceptAsync(5);
        await node.Inbox.CompleteAsync(await node.Inbox.ReceiveAsync(5));
        var waiting = node.Inbox.ReceiveAsync(5);
        await Fixture.DeleteConsumersAsync(Bench.Target, Bench.Queue, Token);

        var drafts = await producer.AcceptAsync(5);

        var deliveries = await waiting;
        Assert.Equal(drafts.Ids(), deliveries.Ids());
        await node.Inbox.CompleteAsync(deliveries);
    }

    private TcpProxy Proxy() => new(
        Fixture.Server?.EndPoint ?? throw new InvalidOperationException($"A broker whose messages are durable is tested on a server that may fail: override {nameof(BrokerFixture.CreateServer)}."));

    // Everything that comes until so many have come and nothing more does, completed; how often each came.
    private async Task<Dictionary<JobId, int>> DrainAsync(Node node, int atLeast)
    {
        var arrived = new Dictionary<JobId, int>();
        for (var deliveries = await node.Inbox.ReceiveAsync(atLeast); deliveries.Length > 0; deliveries = await node.Inbox.TakeForAsync(Fixture.Lease + Fixture.Slack))
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
