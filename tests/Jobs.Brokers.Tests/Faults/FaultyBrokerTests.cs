using Jobs.Brokers.Conformance.Faults;
using Jobs.Brokers.Conformance.Harness;
using Jobs.Brokers.Tests.Memory;

namespace Jobs.Brokers.Tests.Faults;

public sealed class FaultyBrokerTests : IAsyncDisposable
{
    private readonly MemoryFixture _fixture = new();
    private readonly Bench _bench;
    private readonly BrokerFaults _faults = new();

    public FaultyBrokerTests() => _bench = new Bench(_fixture);

    private static CancellationToken Token => TestContext.Current.CancellationToken;

    [Fact]
    public async Task It_claims_what_the_broker_behind_claims()
    {
        var node = await _bench.NodeAsync();

        Assert.True(FaultyBroker.Over(node.Broker, _faults) is IDeadLetterQueue and IQueueAdmin);
        var bare = FaultyBroker.Over(new BareBroker(), _faults);
        Assert.False(bare is IDeadLetterQueue or IQueueAdmin);
    }

    [Theory]
    [InlineData(false, 1)]
    [InlineData(true, 2)]
    public async Task A_send_fails_as_told_and_the_next_does_not(bool isCarriedOut, int arrived)
    {
        var (node, broker) = await FaultyAsync();
        _faults.FailSends(1, SendStatus.Unknown, isCarriedOut);
        var messages = _bench.Drafts(2).Select(static draft => draft.Build()).ToArray();
        var results = new SendResult[2];

        await broker.SendAsync(messages, results, Token);

        Assert.Equal([SendStatus.Unknown, SendStatus.Accepted], results.Select(static result => result.Status));
        Assert.NotNull(results[0].Error);
        Assert.Equal(arrived, (await node.Inbox.TakeAsync()).Length);
    }

    [Theory]
    [InlineData(false, 1)]
    [InlineData(true, 0)]
    public async Task A_settlement_fails_as_told(bool isCarriedOut, int inFlight)
    {
        var (node, broker) = await FaultyAsync();
        await node.AcceptAsync(2);
        var inbox = await OpenAsync(broker);
        var deliveries = await inbox.ReceiveAsync(2);
        _faults.FailSettlements(1, isCarriedOut: isCarriedOut);

        var results = await inbox.SettleAllAsync([.. deliveries.Select(static delivery => Inbox.Completion(delivery))]);

        Assert.Equal([SettleResult.Unknown, SettleResult.Ok], results);
        await node.HasDepthAsync(0, inFlight, 0);
    }

    [Fact]
    public async Task A_renewal_fails_as_told()
    {
        var (node, broker) = await FaultyAsync();
        await node.AcceptAsync(3);
        var inbox = await OpenAsync(broker);
        var deliveries = await inbox.ReceiveAsync(3);
        var until = deliveries[0].LeaseUntil;
        await _bench.PassAsync(TimeSpan.FromSeconds(1));
        _faults.FailRenewals(1, SettleResult.LeaseLost);
        _faults.FailRenewals(1, SettleResult.Unknown, isCarriedOut: true);

        Assert.Equal([SettleResult.LeaseLost, SettleResult.Unknown, SettleResult.Ok], inbox.RenewAll(deliveries));

        Assert.Equal([until, until.AddSeconds(1), until.AddSeconds(1)], deliveries.Select(static delivery => delivery.LeaseUntil));
    }

    [Fact]
    public async Task A_receive_throws_as_told()
    {
        var (node, broker) = await FaultyAsync();
        await node.AcceptAsync(1);
        var inbox = await OpenAsync(broker);
        _faults.FailReceives(1, new IOException("gone"));

        await Assert.ThrowsAsync<IOException>(inbox.ReceiveAsync);
        await inbox.ReceiveAsync();
    }

    [Fact]
    public async Task Left_open_the_broker_behind_outlives_it()
    {
        var node = await _bench.NodeAsync();
        var broker = FaultyBroker.Over(node.Broker, _faults, leaveOpen: true);
        var inbox = await OpenAsync(broker);
        var waiting = inbox.Receiver.ReceiveAsync(new JobDelivery[1], wait: true, Token);

        await broker.DisposeAsync();

        Assert.Equal(0, await waiting);
        await node.AcceptAsync(1);
        await node.Inbox.ReceiveAsync();
    }

    public async ValueTask DisposeAsync()
    {
        await _bench.DisposeAsync();
        await _fixture.DisposeAsync();
    }

    private async Task<(Node Node, IJobBroker Broker)> FaultyAsync()
    {
        var node = await _bench.NodeAsync();
        return (node, FaultyBroker.Over(node.Broker, _faults));
    }

    private async Task<Inbox> OpenAsync(IJobBroker broker) =>
        new(_bench, await broker.OpenReceiverAsync(Bench.Queue, new ReceiverOptions { Lease = _fixture.Lease, Worker = "w" }, Token));
}
