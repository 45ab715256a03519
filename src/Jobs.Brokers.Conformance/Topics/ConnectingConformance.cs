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
    private static readonly TimeSpan Short = TimeSpan.FromMilliseconds(300);

    /// <summary>A receiver that waits when its connection is cut goes on waiting on the next.</summary>
    [Fact]
    public async Task Disconnect_During_Receive_Resumes()
    {
        await using var proxy = Bench.Proxy();
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

    /// <summary>No way to the server for a while: health says so, and work goes on by itself afterwards.</summary>
    [Fact]
    public async Task Disconnect_For_Long_Workers_Resume_Without_Restart()
    {
        await using var proxy = Bench.Proxy();
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
        await using var proxy = Bench.Proxy();
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
        await using var proxy = Bench.Proxy();
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

    /// <summary>A process that looks after delays stands still: another one does it, and what the first asked for too late moves nothing twice and loses nothing.</summary>
    [Fact]
    public async Task S39_Delays_Are_Looked_After_By_Others_While_One_Stands_Still()
    {
        await using var proxy = Bench.Proxy();
        var paused = await Bench.NodeAsync(server: proxy.EndPoint);
        var producer = await Bench.ConnectAsync();
        var due = Bench.Now.AddSeconds(1.5);
        Draft[] drafts = [.. Bench.Drafts(50).Select(draft => draft with { Due = due })];
        await producer.AcceptAsync(drafts);
        proxy.Stall(ProxyDirection.ToServer);

        var live = await Bench.NodeAsync();
        var first = await live.Inbox.ReceiveNotBeforeAsync(due);
        var arrived = (await live.Inbox.ReceiveAsync(drafts.Length - 1)).Append(first).ToArray();
        Assert.Equal(drafts.Ids(), arrived.Ids());
        await live.Inbox.CompleteAsync(arrived);
        // What falls due now is nobody's but the one's that wakes up.
        await live.Inbox.Receiver.StopAsync(Token);
        Draft[] later = [.. Bench.Drafts(50).Select(draft => draft with { Due = Bench.Now.AddMilliseconds(200) })];
        await producer.AcceptAsync(later);
        await Bench.PassAsync(Short);
        proxy.Resume();

        var rest = await paused.Inbox.ReceiveAsync(later.Length);

        Assert.Equal(later.Ids(), rest.Ids());
        await paused.Inbox.CompleteAsync(rest);
        await paused.Inbox.StaysEmptyAsync(Fixture.Lease + Fixture.Slack);
    }

    /// <summary>A way that is long is paid for once per call, not once per job.</summary>
    [Fact]
    public async Task Latency_Is_Paid_Per_Batch()
    {
        await using var proxy = Bench.Proxy();
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
        await using var proxy = Bench.Proxy();
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

    /// <summary>Also those of which nothing was asked when they were deleted.</summary>
    [Fact]
    [Needs(Capability.ConsumerState)]
    public async Task Consumer_Or_Group_Deleted_Externally_While_Nobody_Receives_Recreated()
    {
        var node = await Bench.NodeAsync();
        var producer = await Bench.ConnectAsync();
        await node.AcceptAsync(5);
        await node.Inbox.CompleteAsync(await node.Inbox.ReceiveAsync(5));
        await Fixture.DeleteConsumersAsync(Bench.Target, Bench.Queue, Token);

        var drafts = await producer.AcceptAsync(5);

        var deliveries = await node.Inbox.ReceiveAsync(5);
        Assert.Equal(drafts.Ids(), deliveries.Ids());
        await node.Inbox.CompleteAsync(deliveries);
    }

    /// <summary>Also those whose deliveries are still in hand: they are done all the same, once or twice.</summary>
    [Fact]
    [Needs(Capability.ConsumerState)]
    public async Task Consumer_Or_Group_Deleted_Externally_While_Jobs_Run_Recreated()
    {
        var node = await Bench.NodeAsync();
        await node.AcceptAsync(5);
        var running = await node.Inbox.ReceiveAsync(5);
        await Fixture.DeleteConsumersAsync(Bench.Target, Bench.Queue, Token);

        await node.Inbox.CompleteAsync(running);

        await node.HasDepthAsync(0, 0, 0);
        await node.AcceptAsync(5);
        await node.Inbox.CompleteAsync(await node.Inbox.ReceiveAsync(5));
    }
}
