using Jobs.Brokers.Redis;
using Jobs.Brokers.Redis.Protocol;
using Jobs.Brokers.Redis.Receiving;
using Jobs.Brokers.Redis.Settling;
using Jobs.Telemetry;
using Jobs.Testing;
using Microsoft.Extensions.Logging.Abstractions;

namespace Jobs.Brokers.Tests.Redis.Settling;

/// <summary>Completions that wait for a server that is away.</summary>
public sealed class RememberedCompletionTests
{
    private static readonly TimeSpan Lease = TimeSpan.FromSeconds(30);

    private readonly FakeTimeProvider _time = new(new DateTimeOffset(2026, 11, 22, 0, 0, 0, TimeSpan.Zero));

    [Theory]
    [InlineData(true, true)]
    [InlineData(true, false)]
    [InlineData(false, true)]
    [InlineData(false, false)]
    public async Task A_finished_job_is_remembered_from_before_the_wait_and_after_it(bool isAway, bool isMixed)
    {
        await using var client = new HeldClient
        {
            Failure = isAway ? new RedisConnectionException("There is no connection.", mayHaveRun: false) : new JobConfigurationException("The password is wrong."),
        };
        var context = Context(client);
        var receiver = new RedisReceiver(context, new IdleConnection(), broker: null!);
        var pool = new DeliveryPool<RedisDelivery>(() => new RedisDelivery(receiver));
        var settler = new RedisSettler(context, broker: null!, pool);
        var (finished, other) = (Deliver(pool, context, 1), Deliver(pool, context, 2));
        // Past the lease, completions alone are no plain case either.
        _time.Advance(isMixed ? TimeSpan.Zero : Lease);
        using var cancellation = new CancellationTokenSource();
        var results = new SettleResult[2];

        var settling = settler.SettleAsync(
            new[] { Settle(finished, SettleKind.Complete), Settle(other, isMixed ? SettleKind.Release : SettleKind.Complete) }, results, cancellation.Token).AsTask();

        Assert.False(settling.IsCompleted);
        Assert.True(settler.IsCompleting(finished.Entry));
        Assert.Equal(!isMixed, settler.IsCompleting(other.Entry));
        await cancellation.CancelAsync();
        await settling;
        Assert.Equal([SettleResult.Unknown, SettleResult.Unknown], results);
        Assert.True(settler.IsCompleting(finished.Entry));
        await receiver.StopAsync(cancellation.Token);
    }

    private ReceiverContext Context(HeldClient client) => new()
    {
        Client = client,
        Keys = new QueueKeys("test", "default"),
        Levels = [1],
        Consumer = ReceiverContext.ConsumerName("test"),
        Leases = new LeaseClock(Lease, _time),
        Time = _time,
        Telemetry = new JobsTelemetry(),
        Logger = NullLogger.Instance,
        Closed = static _ => { },
    };

    private RedisDelivery Deliver(DeliveryPool<RedisDelivery> pool, ReceiverContext context, ulong number)
    {
        var delivery = pool.Rent();
        delivery.Begin(
            1,
            new EntryId(1, number),
            System.Text.Encoding.UTF8.GetBytes($$"""{"specversion":"1.0","id":"{{number}}","source":"/test","type":"test","jobqueue":"default","data":{ } }"""),
            state: [],
            deliveries: 1,
            context.Leases.EndOf(_time.GetTimestamp()));
        return delivery;
    }

    private static Settlement Settle(JobDelivery delivery, SettleKind kind) => new() { Delivery = delivery, Kind = kind };

    // A connection on which nobody reads.
    private sealed class IdleConnection : IBlockingConnection
    {
        public ValueTask ExecuteAsync(ReadOnlyMemory<RespCommand> commands, Memory<RespReply> replies, TimeSpan block) => throw new NotSupportedException();

        public ValueTask UnblockAsync(CancellationToken cancellationToken) => default;

        public ValueTask DisposeAsync() => default;
    }
}
