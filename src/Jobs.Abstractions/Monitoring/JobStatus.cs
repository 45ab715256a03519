namespace Jobs.Monitoring;

/// <summary>What is known of a job. Immutable.</summary>
public sealed record JobStatus
{
    /// <summary>The job's id.</summary>
    public required JobId Id { get; init; }

    /// <summary>Where it stands.</summary>
    public required JobState State { get; init; }

    /// <summary>The job's name.</summary>
    public required string Name { get; init; }

    /// <summary>Its queue.</summary>
    public required string Queue { get; init; }

    /// <summary>1 for the first attempt, plus one for each recorded failure.</summary>
    public int Attempt { get; init; } = 1;

    /// <summary>How often it may run; null as long as no worker has seen it.</summary>
    public int? MaxAttempts { get; init; }

    /// <summary>How often a worker died, or lost its lease, with it in hand.</summary>
    public int Crashes { get; init; }

    /// <summary>When it was enqueued; <c>default</c> if the producer did not say.</summary>
    public DateTimeOffset EnqueuedAt { get; init; }

    /// <summary>The time before which it does not run (again), or null.</summary>
    public DateTimeOffset? Due { get; init; }

    /// <summary>When its last attempt was started, or null.</summary>
    public DateTimeOffset? StartedAt { get; init; }

    /// <summary>When its last attempt ended, or null.</summary>
    public DateTimeOffset? EndedAt { get; init; }

    /// <summary>The worker of its last attempt, or null.</summary>
    public string? Worker { get; init; }

    /// <summary>Why it was dead-lettered or cancelled, for the machine; or null.</summary>
    public string? Reason { get; init; }

    /// <summary>What went wrong last, for people; or null.</summary>
    public string? Error { get; init; }

    /// <summary>How far it has come, if it tells.</summary>
    public JobProgress? Progress { get; init; }

    /// <summary>Its result as JSON; empty if it has none, or none yet, or it has expired.</summary>
    public ReadOnlyMemory<byte> Result { get; init; }

    /// <summary>The job that enqueued it, or null.</summary>
    public JobId? ParentId { get; init; }

    /// <summary>The correlation id of the call, or null.</summary>
    public string? CorrelationId { get; init; }

    /// <summary>Its unique key, or null.</summary>
    public string? Key { get; init; }

    /// <summary>True if nothing more will happen to it, unless a person replays it.</summary>
    public bool HasEnded => State is JobState.Succeeded or JobState.DeadLettered or JobState.Cancelled;
}
