using Jobs.Messages;

namespace Jobs.Brokers;

/// <summary>A job that ended in the dead-letter queue.</summary>
public sealed class DeadLetter
{
    /// <summary>Addresses the entry: the job's id, or the broker's message id where the bytes cannot be decoded.</summary>
    public required string Key { get; init; }

    /// <summary>The queue that it died in.</summary>
    public required string Queue { get; init; }

    /// <summary>Why, for the machine (<see cref="DeadLetterReason"/>).</summary>
    public required string Reason { get; init; }

    /// <summary>Why, for a person.</summary>
    public string? Error { get; init; }

    /// <summary>When.</summary>
    public required DateTimeOffset DiedAt { get; init; }

    /// <summary>The document as it was enqueued, or the raw bytes.</summary>
    public required ReadOnlyMemory<byte> Document { get; init; }

    /// <summary>The message, or null if the bytes cannot be decoded. Holds the whole failure history.</summary>
    public JobMessage? Message { get; init; }
}
