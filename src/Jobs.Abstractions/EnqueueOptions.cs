namespace Jobs;

/// <summary>What one call asks for beyond the job's own settings. Immutable, so one instance may serve many calls.</summary>
public sealed record EnqueueOptions
{
    /// <summary>The job's id. Sending the same id twice within the broker's dedupe window makes one job.</summary>
    /// <value>Default: a new UUID version 7.</value>
    public JobId? Id { get; init; }

    /// <summary>The queue, instead of the job's own.</summary>
    public string? Queue { get; init; }

    /// <summary>How long the job waits before it may run. Not together with <see cref="At"/>.</summary>
    public TimeSpan? Delay { get; init; }

    /// <summary>The time before which the job does not run. A past time means now. Not together with <see cref="Delay"/>.</summary>
    public DateTimeOffset? At { get; init; }

    /// <summary>How long after enqueueing the job is still worth starting; past it, it ends cancelled as <c>expired</c>.</summary>
    public TimeSpan? ExpiresAfter { get; init; }

    /// <summary>The priority, instead of the job's own.</summary>
    public JobPriority? Priority { get; init; }

    /// <summary>How often this job may run, the first attempt included; 1 to 1,000.</summary>
    public int? MaxAttempts { get; init; }

    /// <summary>The first retry delay of this job.</summary>
    public TimeSpan? Backoff { get; init; }

    /// <summary>The soft limit of this job.</summary>
    public TimeSpan? Timeout { get; init; }

    /// <summary>Ties this job to a request or conversation; travels to logs, traces and jobs that it enqueues.</summary>
    public string? CorrelationId { get; init; }

    /// <summary>Whom the job is for; shown in logs, used by brokers that share fairly between tenants.</summary>
    public string? Tenant { get; init; }

    /// <summary>A key that at most one job with this name has at a time, from its enqueueing to its end: while it waits, is delayed, runs and is retried.
    /// It is free again once the job has succeeded, was dead-lettered or cancelled. Wins over the job's own.</summary>
    /// <remarks>Needs a store. 1 to 1,024 characters without control characters.</remarks>
    public string? Key { get; init; }

    /// <summary>What happens if another job has the key.</summary>
    /// <value>Default: the job's own, else <see cref="KeyConflict.Reject"/>.</value>
    public KeyConflict? OnConflict { get; init; }

    /// <summary>Which permits the job needs to run, instead of what its <see cref="ConcurrencyAttribute"/> says: 1 to 256 characters. Only for a job
    /// with a limit. Jobs of all names with one key share its permits.</summary>
    public string? ConcurrencyKey { get; init; }

    /// <summary>Further attributes of the message. Names are 1 to 20 of <c>[a-z0-9]</c> and do not start with <c>job</c>.</summary>
    public IReadOnlyDictionary<string, string>? Headers { get; init; }

    /// <summary>The schedule that enqueues the job.</summary>
    internal string? Schedule { get; init; }

    /// <summary>The tick of the schedule.</summary>
    internal DateTimeOffset? Tick { get; init; }

    /// <summary>Inside a handler: true sends at once, instead of holding the job until the handler has succeeded.</summary>
    public bool SendImmediately { get; init; }
}
