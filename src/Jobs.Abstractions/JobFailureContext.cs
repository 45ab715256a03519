using Jobs.Messages;

namespace Jobs;

/// <summary>A job that ended in the dead-letter queue.</summary>
public sealed class JobFailureContext
{
    /// <summary>The job's id.</summary>
    public required JobId Id { get; init; }

    /// <summary>The job's name; empty if the message could not be decoded.</summary>
    public required string Name { get; init; }

    /// <summary>The queue.</summary>
    public required string Queue { get; init; }

    /// <summary>Why, for the machine: one of <see cref="DeadLetterReason"/>'s constants.</summary>
    public required string Reason { get; init; }

    /// <summary>Why, for a person.</summary>
    public string? Error { get; init; }

    /// <summary>The last failure, or null if the job never ran.</summary>
    public Exception? Exception { get; init; }

    /// <summary>How often it ran.</summary>
    public int Attempt { get; init; }

    /// <summary>The message, if it could be decoded. Holds the payload: take care what you log.</summary>
    public JobMessage? Message { get; init; }
}
