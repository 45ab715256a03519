using Jobs.Brokers.Sqs.Administration;
using Jobs.Brokers.Sqs.Protocol;
using Jobs.Brokers.Sqs.Queues;
using Jobs.Brokers.Sqs.Sending;
using Jobs.Telemetry;
using Microsoft.Extensions.Logging;

namespace Jobs.Brokers.Sqs.Receiving;

/// <summary>What the parts of one receiver share. Immutable.</summary>
internal sealed class ReceiverContext
{
    public required ISqsClient Client { get; init; }

    public required QueueUrls Urls { get; init; }

    public required SqsSender Sender { get; init; }

    public required SqsNames Names { get; init; }

    public required SqsBrokerOptions Options { get; init; }

    public required string Queue { get; init; }

    /// <summary>The levels to receive, highest first.</summary>
    public required int[] Levels { get; init; }

    public required LeaseClock Leases { get; init; }

    /// <summary>What this process holds of the queue.</summary>
    public required MessagesInHand InHand { get; init; }

    /// <summary>Knows how long messages have waited that came in.</summary>
    public required WaitingAge Age { get; init; }

    public required MarkWatch Marks { get; init; }

    public required TimeProvider Time { get; init; }

    public required JobsTelemetry Telemetry { get; init; }

    public required ILogger Logger { get; init; }

    /// <summary>Told once the receiver is closed.</summary>
    public required Action<SqsReceiver> Closed { get; init; }

    public bool IsFifo => Names.IsFifo(Queue);

    /// <summary>The queue at SQS of a level.</summary>
    public string NameOf(int level) => Names.Queue(Queue, level);
}
