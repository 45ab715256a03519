using System.Net;
using Jobs.Brokers.Conformance;
using Jobs.Brokers.Conformance.Servers;
using Jobs.Brokers.Redis;
using Jobs.Brokers.Redis.Protocol;
using Jobs.Telemetry;
using Microsoft.Extensions.Logging.Abstractions;

namespace Jobs.Brokers.Tests.Redis;

/// <summary>The Redis broker on a server of its own, with an append-only file so that it survives being killed.</summary>
public sealed class RedisFixture : BrokerFixture
{
    private static readonly TimeSpan DeadAfter = TimeSpan.FromSeconds(4);

    public override bool HasConsumerState => true;

    // Not everysec: while a slow disk is being synchronised Redis answers before it has written, and a kill loses that.
    public override ServerProcess CreateServer() => new RedisServer(new RedisServerOptions { AppendFsync = "always" });

    public override ValueTask<IJobBroker> ConnectAsync(BrokerTarget target, CancellationToken cancellationToken) => new(new RedisBroker(
        // A dead connection is noticed well before a send gives up.
        RedisClient.Open(RedisClientOptions.Parse(target.Server!.ToString()!) with { DeadAfter = DeadAfter, KeepAlive = DeadAfter / 2 }, Time, NullLogger.Instance),
        target.Namespace,
        new RedisBrokerOptions(),
        Time,
        new JobsTelemetry(),
        NullLogger.Instance));

    public override async ValueTask SendRawAsync(BrokerTarget target, string queue, ReadOnlyMemory<byte> document, CancellationToken cancellationToken) =>
        await ExecuteAsync(target, RespCommand.Rent("XADD"u8).Key(new QueueKeys(target.Namespace, queue).Streams[1]).Add("*"u8).Add("d"u8).Add(document.Span), cancellationToken);

    public override async ValueTask DeleteConsumersAsync(BrokerTarget target, string queue, CancellationToken cancellationToken) =>
        await ExecuteAsync(target, RespCommand.Rent("XGROUP"u8).Add("DESTROY"u8).Key(new QueueKeys(target.Namespace, queue).Streams[1]).Add(QueueKeys.Group), cancellationToken);

    public override async ValueTask<long> CountStoredAsync(BrokerTarget target, string queue, CancellationToken cancellationToken)
    {
        const string Count = """
            local count = 0
            for _, key in ipairs(redis.call('KEYS', '*' .. ARGV[1] .. ':*')) do
              if redis.call('PTTL', key) < 0 then
                local size = ({stream = 'XLEN', zset = 'ZCARD', hash = 'HLEN', set = 'SCARD', list = 'LLEN'})[redis.call('TYPE', key).ok]
                count = count + (size and redis.call(size, key) or 1)
              end
            end
            return count
            """;
        await using var client = RedisClient.Open(RedisClientOptions.Parse(target.Server!.ToString()!), Time, NullLogger.Instance);
        await client.WaitConnectedAsync(cancellationToken);
        using var reply = await client.ExecuteAsync(RespCommand.Rent("EVAL"u8).Add(Count).Add("0"u8).Add(target.Namespace), cancellationToken);
        return reply.GetReader().ReadInteger();
    }

    private async Task ExecuteAsync(BrokerTarget target, RespCommand command, CancellationToken cancellationToken)
    {
        await using var client = RedisClient.Open(RedisClientOptions.Parse(target.Server!.ToString()!), Time, NullLogger.Instance);
        await client.WaitConnectedAsync(cancellationToken);
        using var reply = await client.ExecuteAsync(command, cancellationToken);
    }
}
