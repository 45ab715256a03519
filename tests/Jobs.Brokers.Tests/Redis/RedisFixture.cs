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
    public override bool HasConsumerState => true;

    public override ServerProcess CreateServer() => new RedisServer();

    public override ValueTask<IJobBroker> ConnectAsync(BrokerTarget target, CancellationToken cancellationToken) => new(new RedisBroker(
        RedisClient.Open(RedisClientOptions.Parse(target.Server!.ToString()!), Time, NullLogger.Instance),
        target.Namespace,
        new RedisBrokerOptions(),
        Time,
        new JobsTelemetry(),
        NullLogger.Instance));

    public override async ValueTask SendRawAsync(BrokerTarget target, string queue, ReadOnlyMemory<byte> document, CancellationToken cancellationToken) =>
        await ExecuteAsync(target, RespCommand.Rent("XADD"u8).Key(new QueueKeys(target.Namespace, queue).Streams[1]).Add("*"u8).Add("d"u8).Add(document.Span), cancellationToken);

    public override async ValueTask DeleteConsumersAsync(BrokerTarget target, string queue, CancellationToken cancellationToken) =>
        await ExecuteAsync(target, RespCommand.Rent("XGROUP"u8).Add("DESTROY"u8).Key(new QueueKeys(target.Namespace, queue).Streams[1]).Add(QueueKeys.Group), cancellationToken);

    private async Task ExecuteAsync(BrokerTarget target, RespCommand command, CancellationToken cancellationToken)
    {
        await using var client = RedisClient.Open(RedisClientOptions.Parse(target.Server!.ToString()!), Time, NullLogger.Instance);
        await client.WaitConnectedAsync(cancellationToken);
        using var reply = await client.ExecuteAsync(command, cancellationToken);
    }
}
