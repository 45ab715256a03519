using Jobs.Brokers.Conformance.Harness;
using Xunit;

namespace Jobs.Brokers.Conformance;

/// <summary>A worker that goes in peace leaves nothing behind that others would have to wait for.</summary>
public abstract class DrainingConformance<TFixture>(TFixture fixture) : BrokerConformance<TFixture>(fixture)
    where TFixture : BrokerFixture
{
    private static readonly TimeSpan Prompt = TimeSpan.FromSeconds(5);

    /// <summary>A waiting receive ends with nothing, and so does every later one.</summary>
    [Fact]
    public async Task Stop_Ends_A_Waiting_Receive()
    {
        var node = await Bench.NodeAsync();
        var waiting = node.Inbox.Receiver.ReceiveAsync(new JobDelivery[1], wait: true, Token).AsTask();

        await node.Inbox.Receiver.StopAsync(Token);
        await node.Inbox.Receiver.StopAsync(Token);

        Assert.Equal(0, await waiting.WaitAsync(Prompt, TimeProvider.System, Token));
        await node.AcceptAsync(1);
        Assert.Equal(0, await node.Inbox.Receiver.ReceiveAsync(new JobDelivery[1], wait: true, Token));
        await (await node.OpenAsync()).ReceiveAsync();
    }

    /// <summary>What is in hand is still renewed and settled.</summary>
    [Fact]
    public async Task Stop_Lets_Settling_Go_On()
    {
        var node = await Bench.NodeAsync();
        var other = await Bench.NodeAsync();
        await node.AcceptAsync(3);
        var deliveries = await node.Inbox.ReceiveAsync(3);
        await node.Inbox.Receiver.StopAsync(Token);
        for (var i = 0; i < 6; i++)
        {
            await other.Inbox.StaysEmptyAsync(Fixture.Lease / 3);
            Assert.All(node.Inbox.RenewAll(deliveries), static result => Assert.Equal(SettleResult.Ok, result));
        }

        await node.Inbox.CompleteAsync(deliveries[0]);
        await node.Inbox.RetryAsync(deliveries[1]);
        await node.Inbox.ReleaseAsync(deliveries[2]);

        await other.Inbox.ReceiveAsync(2);
    }

    /// <summary>What a receiver fetched ahead is anybody's at once, and has lost no attempt.</summary>
    [Fact]
    public async Task Prefetched_NotStarted_Returned_On_Stop()
    {
        var node = await Bench.NodeAsync();
        var other = await Bench.NodeAsync();
        await other.AcceptAsync(100);
        await node.Inbox.ReceiveAsync(1);
        var start = Bench.Now;

        await node.Inbox.Receiver.StopAsync(Token);
        var rest = await other.Inbox.ReceiveAsync(99);

        Assert.InRange(Bench.Now - start, TimeSpan.Zero, Fixture.Lease / 2);
        Assert.All(rest, static delivery => Assert.Equal((1, 0), (delivery.StateOf().Attempt, delivery.StateOf().Crashes)));
    }

    /// <summary>A stop that meets arrivals loses none of them.</summary>
    [Fact]
    public async Task Stop_Racing_Arrivals_Loses_Nothing()
    {
        var keeper = await Bench.NodeAsync();
        await keeper.Inbox.Receiver.StopAsync(Token);
        var drafts = new List<Draft>();
        var arrived = new List<JobId>();
        for (var round = 0; round < 20; round++)
        {
            var node = await Bench.NodeAsync();
            var buffer = new JobDelivery[5];
            var waiting = node.Inbox.Receiver.ReceiveAsync(buffer, wait: true, Token).AsTask();
            var sending = Task.Run(() => keeper.AcceptAsync(5));
            await node.Inbox.Receiver.StopAsync(Token);
            drafts.AddRange(await sending);
            var deliveries = buffer[..await waiting.WaitAsync(Prompt, TimeProvider.System, Token)];
            arrived.AddRange(deliveries.Select(static delivery => delivery.IdOf()));
            await node.Inbox.CompleteAsync(deliveries);
            await node.DisposeAsync();
        }

        var last = await Bench.NodeAsync();
        if (arrived.Count < drafts.Count)
        {
            arrived.AddRange((await last.Inbox.ReceiveAsync(drafts.Count - arrived.Count)).Select(static delivery => delivery.IdOf()));
        }

        Assert.Equal(drafts.Ids(), arrived.Select(static id => id.ToString()).Order(StringComparer.Ordinal));
    }

    /// <summary>Dispose settles nothing: what is in hand comes back when its lease ends, and not before.</summary>
    [Fact]
    public async Task Dispose_Settles_Nothing()
    {
        var node = await Bench.NodeAsync();
        var other = await Bench.NodeAsync();
        var drafts = await node.AcceptAsync(2);
        var until = (await node.Inbox.ReceiveAsync(2)).Min(static delivery => delivery.LeaseUntil);

        await node.DisposeAsync();
        await node.DisposeAsync();

        var first = await other.Inbox.ReceiveNotBeforeAsync(until);
        var second = await other.Inbox.ReceiveAsync();
        Assert.Equal(drafts.Ids(), new[] { first, second }.Ids());
    }

    /// <summary>Dispose ends a receive that waits.</summary>
    [Fact]
    public async Task Dispose_Ends_A_Waiting_Receive()
    {
        var node = await Bench.NodeAsync();
        var waiting = node.Inbox.Receiver.ReceiveAsync(new JobDelivery[1], wait: true, Token).AsTask();

        await node.DisposeAsync();

        await waiting.ContinueWith(static _ => { }, TaskScheduler.Default).WaitAsync(Prompt, TimeProvider.System, Token);
        Assert.False(waiting is { IsCompletedSuccessfully: true, Result: > 0 });
    }

    /// <summary>Processes that come and go a hundred times lose nothing and leave nothing.</summary>
    [Fact]
    public async Task Rapid_Restarts_Lose_Nothing()
    {
        var producer = await Bench.NodeAsync();
        await producer.Inbox.Receiver.StopAsync(Token);
        var drafts = await producer.AcceptAsync(100);
        var seen = new List<JobId>();
        for (var i = 0; i < 100; i++)
        {
            var node = await Bench.NodeAsync();
            var delivery = await node.Inbox.ReceiveAsync();
            seen.Add(delivery.IdOf());
            await node.Inbox.CompleteAsync(delivery);
            await node.Inbox.Receiver.StopAsync(Token);
            await node.DisposeAsync();
        }

        Assert.Equal(drafts.Ids(), seen.Select(static id => id.ToString()).Order(StringComparer.Ordinal));
    }
}
