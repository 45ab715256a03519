namespace Jobs.Definitions;

/// <summary>The settings that an attribute gave a job. What is null was not given, and takes the host's default.</summary>
public sealed record JobPolicy
{
    /// <summary>Nothing given.</summary>
    public static JobPolicy Unset { get; } = new();

    /// <summary>How often the job may run, the first attempt included.</summary>
    public int? MaxAttempts { get; init; }

    /// <summary>How many crashes it may survive.</summary>
    public int? MaxCrashes { get; init; }

    /// <summary>The first retry delay.</summary>
    public TimeSpan? Backoff { get; init; }

    /// <summary>The longest retry delay.</summary>
    public TimeSpan? MaxBackoff { get; init; }

    /// <summary>The soft limit.</summary>
    public TimeSpan? Timeout { get; init; }

    /// <summary>How long after the soft limit a run is abandoned.</summary>
    public TimeSpan? HardTimeoutGrace { get; init; }

    /// <summary>The priority.</summary>
    public JobPriority? Priority { get; init; }

    /// <summary>What becomes of a call whose key another job has.</summary>
    public KeyConflict? OnConflict { get; init; }

    /// <summary>How many of its runs with one concurrency key, or of all, are under way at once in the cluster.</summary>
    public int? ConcurrencyLimit { get; init; }

    /// <summary>How long it is remembered that the work of an idempotency key is done; null for a job that is not idempotent.</summary>
    public TimeSpan? IdempotencyRetention { get; init; }

    /// <summary>True fails the start when the result cannot be kept.</summary>
    public bool RequireResult { get; init; }

    /// <summary>If not empty, only these exception types are retried.</summary>
    public IReadOnlyList<Type> RetryOn { get; init; } = [];

    /// <summary>Exception types that are never retried.</summary>
    public IReadOnlyList<Type> NoRetryOn { get; init; } = [];

    /// <summary>Rules by exception type, in the order they are asked.</summary>
    public IReadOnlyList<FailureRule> FailureRules { get; init; } = [];
}
