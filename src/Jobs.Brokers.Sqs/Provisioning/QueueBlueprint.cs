using System.Globalization;
using System.Text.Json;
using Jobs.Brokers.Sqs.Protocol;

namespace Jobs.Brokers.Sqs.Provisioning;

/// <summary>What the queues of a namespace are made like.</summary>
internal static class QueueBlueprint
{
    /// <summary>The most that SQS offers: a message that is older is lost.</summary>
    public const int RetentionSeconds = 14 * 24 * 60 * 60;

    private const string Keep = "1209600";

    /// <summary>What waits until SQS can be told its delay.</summary>
    public static IReadOnlyDictionary<string, string> Delay { get; } = new Dictionary<string, string>
    {
        [SqsAttributeNames.MessageRetentionPeriod] = Keep,
        [SqsAttributeNames.MaximumMessageSize] = Text(SqsLimits.MaxBytes),
    };

    /// <summary>Dead letters.</summary>
    public static IReadOnlyDictionary<string, string> Dead(bool isFifo) => Fifo(isFifo, new Dictionary<string, string>
    {
        [SqsAttributeNames.MessageRetentionPeriod] = Keep,
        [SqsAttributeNames.MaximumMessageSize] = Text(SqsLimits.MaxBytes),
    });

    /// <summary>A queue.</summary>
    /// <param name="queue">What is asked for.</param>
    /// <param name="deadArn">Its dead-letter queue.</param>
    /// <param name="maxReceiveCount">How often one copy is handed out before SQS itself takes it away.</param>
    /// <param name="isFifo">True for a FIFO queue.</param>
    public static IReadOnlyDictionary<string, string> Queue(QueueTopology queue, string deadArn, int maxReceiveCount, bool isFifo) => Fifo(isFifo, new Dictionary<string, string>
    {
        [SqsAttributeNames.MessageRetentionPeriod] = Keep,
        [SqsAttributeNames.MaximumMessageSize] = Text(SqsLimits.MaxBytes),
        [SqsAttributeNames.ReceiveMessageWaitTimeSeconds] = Text(SqsLimits.MaxWaitSeconds),
        [SqsAttributeNames.VisibilityTimeout] = Text((int)Math.Ceiling(queue.Lease.TotalSeconds)),
        [SqsAttributeNames.RedrivePolicy] = Redrive(deadArn, maxReceiveCount),
    });

    /// <summary>The dead-letter queue and the count of a redrive policy; null if there is none.</summary>
    public static (string Arn, int MaxReceiveCount)? ReadRedrive(string? policy)
    {
        if (string.IsNullOrEmpty(policy))
        {
            return null;
        }

        try
        {
            using var document = JsonDocument.Parse(policy);
            var count = document.RootElement.GetProperty("maxReceiveCount"u8);
            return (
                document.RootElement.GetProperty("deadLetterTargetArn"u8).GetString()!,
                // SQS takes it as a number and as a text.
                count.ValueKind == JsonValueKind.String ? int.Parse(count.GetString()!, CultureInfo.InvariantCulture) : count.GetInt32());
        }
        catch (Exception error) when (error is JsonException or KeyNotFoundException or FormatException or InvalidOperationException)
        {
            return null;
        }
    }

    // An ARN needs no escapes.
    private static string Redrive(string deadArn, int maxReceiveCount) =>
        string.Create(CultureInfo.InvariantCulture, $$"""{"deadLetterTargetArn":"{{deadArn}}","maxReceiveCount":{{maxReceiveCount}}}""");

    private static Dictionary<string, string> Fifo(bool isFifo, Dictionary<string, string> attributes)
    {
        if (isFifo)
        {
            attributes[SqsAttributeNames.FifoQueue] = "true";
            // High throughput: groups are what order is about, ids are unique by themselves.
            attributes[SqsAttributeNames.DeduplicationScope] = "messageGroup";
            attributes[SqsAttributeNames.FifoThroughputLimit] = "perMessageGroupId";
        }

        return attributes;
    }

    private static string Text(int value) => value.ToString(CultureInfo.InvariantCulture);
}
