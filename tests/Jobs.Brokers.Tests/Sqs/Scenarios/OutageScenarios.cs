using Jobs.Brokers.Conformance.Faults;
using Jobs.Brokers.Conformance.Harness;

namespace Jobs.Brokers.Tests.Sqs.Scenarios;

/// <summary>A service that goes and comes back. On a standard queue an answer that is lost may leave a job twice; what is accepted is never lost.</summary>
public sealed class OutageScenarios(SqsFixture fixture) : SqsTests(fixture)
{
    [Fact]
    public async Task S21_cuts_at_any_time_under_load_lose_nothing()
    {
        await using var proxy = Bench.Proxy();
        var load = new Load(Bench, 600);
        await load.StartAsync(2, proxy.EndPoint);

        await load.RunAsync(() =>
        {
            proxy.Cut();
            return Task.CompletedTask;
        });

        load.AssertNothingLost();
    }

    [Fact]
    public async Task S21_a_connection_that_is_silent_ends_neither_sends_nor_renewals_late()
    {
        await using var proxy = Bench.Proxy();
        var node = await Bench.NodeAsync(server: proxy.EndPoint);
        await node.AcceptAsync(2);
        var deliveries = await node.Inbox.ReceiveAsync(2);
        proxy.Stall(ProxyDirection.ToClient);
        var start = TimeProvider.System.GetTimestamp();

        var renewed = node.Inbox.RenewAll(deliveries);
        Assert.InRange(TimeProvider.System.GetElapsedTime(start), TimeSpan.Zero, Fixture.Lease);
        using var limit = new CancellationTokenSource(TimeSpan.FromMilliseconds(300), TimeProvider.System);
        var results = new SendResult[1];
        await node.Broker.SendAsync(new[] { Bench.Draft().Build() }, results, limit.Token).AsTask().WaitAsync(TimeSpan.FromSeconds(10), TimeProvider.System, Token);

        Assert.All(renewed, static result => Assert.Equal(SettleResult.Unknown, result));
        Assert.Equal(SendStatus.Unknown, results[0].Status);
        proxy.Cut();
        proxy.Resume();
        await Bench.UntilAsync(async () => (await node.SendAsync(Bench.Draft())).IsStored, "the producer is served again");
    }

    [Fact]
    public async Task S34_a_service_that_is_away_at_start_is_waited_for()
    {
        await using var proxy = Bench.Proxy();
        proxy.Refuse();
        var node = await Bench.ConnectAsync(proxy.EndPoint);
        var starting = Task.Run(async () =>
        {
            await node.ProvisionAsync(Bench.Topology());
            return await node.OpenAsync();
        });
        await Bench.UntilAsync(() => Task.FromResult(node.Broker.Health.Status != BrokerStatus.Connected), "health tells that the service is away");

        proxy.Resume();

        var inbox = await starting.WaitAsync(Fixture.Patience, TimeProvider.System, Token);
        var drafts = await node.AcceptAsync(1);
        Assert.Equal(drafts[0].Id, (await inbox.ReceiveAsync()).IdOf());
        Assert.Equal(BrokerStatus.Connected, node.Broker.Health.Status);
    }

    [Fact]
    public async Task S72_stopping_and_disposing_do_not_wait_for_a_service_that_is_away()
    {
        await using var proxy = Bench.Proxy();
        var node = await Bench.NodeAsync(server: proxy.EndPoint);
        await node.AcceptAsync(20);
        await node.Inbox.ReceiveAsync(2);
        var waiting = node.Inbox.Receiver.ReceiveAsync(new JobDelivery[50], wait: true, Token).AsTask();
        proxy.Stall(ProxyDirection.Both);
        using var limit = new CancellationTokenSource(TimeSpan.FromMilliseconds(300), TimeProvider.System);

        var stopping = node.Inbox.Receiver.StopAsync(limit.Token).AsTask();
        await stopping.ContinueWith(static _ => { }, TaskScheduler.Default).WaitAsync(TimeSpan.FromSeconds(10), TimeProvider.System, Token);
        await node.DisposeAsync().AsTask().WaitAsync(TimeSpan.FromSeconds(10), TimeProvider.System, Token);

        await waiting.ContinueWith(static _ => { }, TaskScheduler.Default).WaitAsync(TimeSpan.FromSeconds(10), TimeProvider.System, Token);
        var other = await Bench.NodeAsync();
        await other.Inbox.ReceiveAsync(20);
    }
}
