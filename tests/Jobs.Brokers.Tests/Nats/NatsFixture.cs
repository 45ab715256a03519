using System.Text;
using Jobs.Brokers.Conformance;
using Jobs.Brokers.Conformance.Servers;
using Jobs.Brokers.Nats;
using Jobs.Brokers.Nats.JetStream;
using Jobs.Brokers.Nats.Protocol;
using Jobs.Telemetry;
using Microsoft.Extensions.Logging.Abstractions;

namespace Jobs.Brokers.Tests.Nats;

/// <summary>The NATS broker on a server of its own.</summary>
public sealed class NatsFixture : BrokerFixture
{
    public override bool HasConsumerState => true;

    public override bool LimitCountsInHand => true;

    public override ServerProcess CreateServer() => new NatsServer();

    public override ValueTask<IJobBroker> ConnectAsync(BrokerTarget target, CancellationToken cancellationToken) => new(new NatsBroker(
        Open(target),
        target.Namespace,
        new NatsBrokerOptions(),
        Time,
        new JobsTelemetry(),
        NullLogger.Instance));

    public override async ValueTask SendRawAsync(BrokerTarget target, string queue, ReadOnlyMemory<byte> document, CancellationToken cancellationToken)
    {
        await using var client = Open(target);
        await client.WaitConnectedAsync(cancellationToken);
        using var reply = await client.RequestAsync(Encoding.UTF8.GetBytes(new NatsNames(target.Namespace).QueueSubject(queue, 1)), default, document.Span, TimeSpan.FromSeconds(5), cancellationToken);
    }

    public override async ValueTask DeleteConsumersAsync(BrokerTarget target, string queue, CancellationToken cancellationToken)
    {
        await using var client = Open(target);
        var jetStream = new JetStreamClient(client, Time);
        var stream = new NatsNames(target.Namespace).QueueStream(queue);
        while (true)
        {
            try
            {
                await jetStream.DeleteConsumerAsync(stream, NatsNames.Consumer(1), cancellationToken);
                return;
            }
            catch (JetStreamException error) when (error.Message.Contains("directory not empty", StringComparison.Ordinal))
            {
                // The server was writing there; 2.9 gives up, and is asked again.
            }
        }
    }

    public override async ValueTask<long> CountStoredAsync(BrokerTarget target, string queue, CancellationToken cancellationToken)
    {
        await using var client = Open(target);
        var jetStream = new JetStreamClient(client, Time);
        var names = new NatsNames(target.Namespace);
        var count = 0L;
        foreach (var stream in (string[])[names.QueueStream(queue), names.DeadStream(queue), names.DelayStream, new KeyValueBucket(jetStream, names.ControlBucket).Stream])
        {
            count += (await jetStream.GetStreamAsync(stream, cancellationToken: cancellationToken))?.Messages ?? 0;
        }

        return count;
    }

    private INatsClient Open(BrokerTarget target) => NatsClient.Open(NatsClientOptions.Parse(target.Server!.ToString()!), Time, NullLogger.Instance);
}
