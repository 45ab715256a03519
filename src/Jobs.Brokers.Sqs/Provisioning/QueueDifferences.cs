using System.Globalization;
using Jobs.Brokers.Sqs.Protocol;

namespace Jobs.Brokers.Sqs.Provisioning;

/// <summary>Compares what matters of a queue. Leases and waits are told SQS with each receive, so what the queue says of them does not.</summary>
internal static class QueueDifferences
{
    private const string DelaySeconds = "DelaySeconds";

    /// <summary>The attributes to ask for.</summary>
    public static IReadOnlyList<string> Asked { get; } =
    [
        SqsAttributeNames.MessageRetentionPeriod,
        SqsAttributeNames.MaximumMessageSize,
        SqsAttributeNames.RedrivePolicy,
        DelaySeconds,
    ];

    /// <summary>What is otherwise.</summary>
    /// <param name="actual">What the queue is like.</param>
    /// <param name="deadArn">Its dead-letter queue; null if it is to have none.</param>
    /// <param name="leastReceiveCount">SQS must not take away earlier what no worker has given up.</param>
    public static IEnumerable<string> Of(IReadOnlyDictionary<string, string> actual, string? deadArn, int leastReceiveCount)
    {
        if (Number(actual, SqsAttributeNames.MessageRetentionPeriod) is { } retention && retention < QueueBlueprint.RetentionSeconds)
        {
            yield return $"drops messages after {TimeSpan.FromSeconds(retention)} instead of 14 days (MessageRetentionPeriod)";
        }

        if (Number(actual, SqsAttributeNames.MaximumMessageSize) is { } size && size < SqsLimits.MaxBytes)
        {
            yield return $"takes messages of {size} bytes instead of {SqsLimits.MaxBytes} (MaximumMessageSize)";
        }

        if (Number(actual, DelaySeconds) is > 0 and var delay)
        {
            yield return $"delays every message by {delay} s instead of 0 (DelaySeconds)";
        }

        if (deadArn is null)
        {
            yield break;
        }

        if (QueueBlueprint.ReadRedrive(actual.GetValueOrDefault(SqsAttributeNames.RedrivePolicy)) is not { } redrive)
        {
            yield return $"has no dead-letter queue for what kills its workers (RedrivePolicy to {deadArn})";
        }
        else if (redrive.Arn != deadArn)
        {
            yield return $"has the dead-letter queue {redrive.Arn} instead of {deadArn} (RedrivePolicy)";
        }
        else if (redrive.MaxReceiveCount < leastReceiveCount)
        {
            yield return $"gives messages up after {redrive.MaxReceiveCount} receives instead of {leastReceiveCount} or more (RedrivePolicy, maxReceiveCount)";
        }
    }

    private static long? Number(IReadOnlyDictionary<string, string> attributes, string name) =>
        attributes.TryGetValue(name, out var text) && long.TryParse(text, NumberStyles.None, CultureInfo.InvariantCulture, out var number) ? number : null;
}
