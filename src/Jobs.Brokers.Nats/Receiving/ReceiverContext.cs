using Jobs.Brokers.Nats.JetStream;
using Jobs.Brokers.Nats.Protocol;
using Jobs.Brokers.Nats.Sending;
using Jobs.Telemetry;
using Microsoft.Extensions.Logging;

namespace Jobs.Brokers.Nats.Receiving;

/// <summary>What the parts of one receiver share. Immutable, but for the lease clock.</summary>
internal sealed class ReceiverContext
{
    public required INatsClient Client { get; init; }

    public required JetStreamClient JetStream { get; init; }

    public required NatsSender Sender { get; init; }

    public required NatsNames Names { get; init; }

    public required string Queue { get; init; }

    public required string Stream { get; init; }

    /// <summary>The levels to receive, highest first.</summary>
    public required int[] Levels { get; init; }

    public required LeaseClock Leases { get; init; }

    /// <summary>Makes the consumer of a level again that somebody has deleted; tells how far it has come.</summary>
    public required Func<int, CancellationToken, ValueTask<ConsumerInfo>> CreateConsumer { get; init; }

    /// <summary>Begins to watch whether the queue is paused; calls back after a change.</summary>
    public required Func<Action, PauseWatch> WatchPauses { get; init; }

    public required TimeProvider Time { get; init; }

    public required JobsTelemetry Telemetry { get; init; }

    public required ILogger Logger { get; init; }

    /// <summary>Told once the receiver is closed.</summary>
    public required Action<NatsReceiver> Closed { get; init; }
}
