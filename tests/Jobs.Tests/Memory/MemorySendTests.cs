using Jobs.Brokers;

namespace Jobs.Tests.Memory;

public class MemorySendTests
{
    [Fact]
    public async Task What_is_sent_is_received_in_order()
    {
        await using var bench = new MemoryBench();

        await bench.SendManyAsync(1_000);

        Assert.Equal(Enumerable.Range(0, 1_000), (await bench.ReceiveAsync(1_000)).Select(MemoryBench.ValueOf));
    }

    [Fact]
    public async Task Immutable_args_are_kept_as_they_are()
    {
        await using var bench = new MemoryBench();
        var message = bench.Message();

        await bench.SendAsync(message);

        Assert.Same(message, (await bench.ReceiveOneAsync()).Message);
    }

    [Fact]
    public async Task A_full_queue_refuses_producers()
    {
        await using var bench = new MemoryBench();
        await LimitAsync(bench, 2);
        var delayed = bench.Message();
        delayed.Due = bench.Now.AddDays(1);

        Assert.Equal(SendStatus.Accepted, (await bench.SendAsync(delayed)).Status);
        Assert.Equal(SendStatus.Accepted, (await bench.SendAsync(bench.Message())).Status);
        Assert.Equal(SendStatus.QueueFull, (await bench.SendAsync(bench.Message())).Status);

        await bench.ReceiveOneAsync();
        Assert.Equal(SendStatus.Accepted, (await bench.SendAsync(bench.Message())).Status);
    }

    [Theory]
    [InlineData(SettleKind.Retry)]
    [InlineData(SettleKind.Defer)]
    [InlineData(SettleKind.Release)]
    public async Task A_full_queue_refuses_no_retry(SettleKind kind)
    {
        await using var bench = new MemoryBench();
        await LimitAsync(bench, 1);
        await bench.SendAsync(bench.Message());
        var delivery = await bench.ReceiveOneAsync();
        await bench.SendAsync(bench.Message());

        Assert.Equal(SettleResult.Ok, await bench.SettleAsync(new Settlement { Delivery = delivery, Kind = kind, Failure = MemoryBench.Failure() }));

        Assert.Equal(2, (await bench.DepthAsync()).Waiting);
    }

    [Fact]
    public async Task Cancellation_leaves_what_is_not_written_with_the_caller()
    {
        await using var bench = new MemoryBench();
        var results = new SendResult[1];

        await bench.Broker.SendAsync(new[] { bench.Message() }, results, new CancellationToken(canceled: true));

        Assert.Equal(SendStatus.Failed, results[0].Status);
        Assert.IsType<OperationCanceledException>(results[0].Error);
        Assert.Empty(await bench.ReceiveAsync());
    }

    [Fact]
    public async Task A_disposed_broker_fails_sends_and_ends_receives()
    {
        await using var bench = new MemoryBench();
        var waiting = bench.Receiver.ReceiveAsync(new JobDelivery[1], wait: true, MemoryBench.Token);

        await bench.Broker.DisposeAsync();

        Assert.Equal(0, await waiting);
        Assert.Equal(SendStatus.Failed, (await bench.SendAsync(bench.Message())).Status);
        Assert.Empty(await bench.ReceiveAsync());
    }

    private static ValueTask LimitAsync(MemoryBench bench, long limit) =>
        bench.Broker.ProvisionAsync(
            new BrokerTopology("test", [new QueueTopology(MemoryBench.Queue, MemoryBench.Lease) { MaxLength = limit }]),
            ProvisionMode.CreateIfMissing,
            MemoryBench.Token);
}
