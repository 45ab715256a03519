namespace Jobs.Brokers.Sqs.Protocol;

/// <summary>A received message. What it holds lies in the buffer of its <see cref="SqsMessages"/>, and is gone with it.</summary>
internal readonly record struct SqsMessage
{
    /// <summary>UTF-8 text.</summary>
    public ReadOnlyMemory<byte> Body { get; init; }

    /// <summary>What this receive of the message is called; opaque.</summary>
    public ReadOnlyMemory<byte> ReceiptHandle { get; init; }

    /// <summary>What SQS calls the message.</summary>
    public ReadOnlyMemory<byte> MessageId { get; init; }

    /// <summary>The attribute <see cref="SqsLimits.StateAttribute"/>; empty if it has none.</summary>
    public ReadOnlyMemory<byte> State { get; init; }

    /// <summary>Attributes asked for besides the state.</summary>
    public ReadOnlyMemory<SqsAttribute> Attributes { get; init; }

    /// <summary>Empty if it has none.</summary>
    public ReadOnlyMemory<byte> GroupId { get; init; }

    /// <summary>The queue out of which SQS itself took it into this dead-letter queue; empty if it did not.</summary>
    public ReadOnlyMemory<byte> DeadLetterSourceArn { get; init; }

    /// <summary>How often it was received, this time included; approximate.</summary>
    public int ReceiveCount { get; init; }

    /// <summary>When it was sent, by the clock of SQS.</summary>
    public DateTimeOffset SentAt { get; init; }

    /// <summary>When it was received first, by the clock of SQS.</summary>
    public DateTimeOffset FirstReceivedAt { get; init; }

    /// <summary>False if the body is not what its checksum says. Logged and counted; handed over all the same.</summary>
    public bool IsIntact { get; init; }
}
