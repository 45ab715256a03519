using Jobs.Definitions;

namespace Jobs.Catalog;

/// <summary>The settings of a job in this host: code callback, else configuration, else attribute, else the host's default. Immutable.</summary>
public sealed record JobSettings
{
    /// <summary>How often the job may run, the first attempt included.</summary>
    public required int MaxAttempts { get; init; }

    /// <summary>How many crashes it survives.</summary>
    public required int MaxCrashes { get; init; }

    /// <summary>The first retry delay.</summary>
    public required TimeSpan Backoff { get; init; }

    /// <summary>The longest retry delay.</summary>
    public required TimeSpan MaxBackoff { get; init; }

    /// <summary>The soft limit.</summary>
    public required TimeSpan Timeout { get; init; }

    /// <summary>How long after the soft limit a run is abandoned.</summary>
    public required TimeSpan HardTimeoutGrace { get; init; }

    /// <summary>The priority within the queue.</summary>
    public required JobPriority Priority { get; init; }

    /// <summary>If not empty, only these exception types (and derived ones) are retried.</summary>
    public required IReadOnlyList<Type> RetryOn { get; init; }

    /// <summary>Exception types (and derived ones) that are never retried.</summary>
    public required IReadOnlyList<Type> NoRetryOn { get; init; }

    /// <summary>What failures mean.</summary>
    public required FailureRuleSet FailureRules { get; init; }

    /// <summary>How many of its jobs with one concurrency key, or of all, run at once in the cluster; null: any number.</summary>
    public int? ConcurrencyLimit { get; init; }

    /// <summary>How long it is remembered that the work of one of its idempotency keys is done; null for a job that is not idempotent.</summary>
    public TimeSpan? IdempotencyRetention { get; init; }

    /// <summary>How the job accumulates, or null if it does not.</summary>
    public required BatchPolicy? Batch { get; init; }
}
