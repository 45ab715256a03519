using Jobs.Monitoring;

namespace Jobs;

/// <summary>What a running job may know of itself. Made only for jobs and middleware that ask for it.</summary>
/// <remarks>Valid while the handler runs. Not for concurrent use, except <see cref="CancellationToken"/>.</remarks>
public abstract class JobContext
{
    /// <summary>The job's id: the same for every attempt, copy and replay.</summary>
    public abstract JobId Id { get; }

    /// <summary>The job's name on the wire.</summary>
    public abstract string Name { get; }

    /// <summary>The queue that it came from.</summary>
    public abstract string Queue { get; }

    /// <summary>1 for the first run, plus one for each recorded failure.</summary>
    public abstract int Attempt { get; }

    /// <summary>How often the job may run.</summary>
    public abstract int MaxAttempts { get; }

    /// <summary>How often a worker died, or lost its lease, with this job in hand.</summary>
    public abstract int Crashes { get; }

    /// <summary>True if the job may have run before: an earlier attempt failed, or a worker was lost.</summary>
    public bool IsRedelivered => Attempt > 1 || Crashes > 0;

    /// <summary>When the job was enqueued.</summary>
    public abstract DateTimeOffset EnqueuedAt { get; }

    /// <summary>The correlation id of the call, or null.</summary>
    public abstract string? CorrelationId { get; }

    /// <summary>The job that enqueued this one, or null.</summary>
    public abstract JobId? ParentId { get; }

    /// <summary>The tenant, or null.</summary>
    public abstract string? Tenant { get; }

    /// <summary>The caller's headers; empty if there are none.</summary>
    public abstract IReadOnlyDictionary<string, string> Headers { get; }

    /// <summary>The schedule that enqueued this job, or null.</summary>
    public virtual string? Schedule => null;

    /// <summary>The tick of the schedule, UTC: the time that this run is for, however late it is. Null for a job that no schedule enqueued.</summary>
    public virtual DateTimeOffset? Tick => null;

    /// <summary>Cancelled at the soft limit, when the host stops, when the lease is lost, or when the job is cancelled.</summary>
    public abstract CancellationToken CancellationToken { get; }

    /// <summary>The job's scope.</summary>
    public abstract IServiceProvider Services { get; }

    /// <summary>A place for middleware to leave things for each other and for the handler; empty at the start of each run.</summary>
    public abstract IDictionary<object, object?> Items { get; }

    /// <summary>Tells how far the job has come, for whoever looks at its status (<see cref="IJobMonitor"/>). Costs nothing unless status is kept; calls
    /// in quick succession are merged.</summary>
    /// <param name="current">What is done.</param>
    /// <param name="total">What there is to do, or null.</param>
    /// <param name="message">For people, or null.</param>
    public virtual void ReportProgress(long current, long? total = null, string? message = null)
    {
    }

    /// <summary>A key for outside services that deduplicate (Stripe's <c>Idempotency-Key</c>): the same for every attempt of this job.</summary>
    /// <param name="step">Tells several calls of one job apart.</param>
    public string GetIdempotencyKey(string? step = null) => step is null ? Id.ToString() : $"{Id}:{step}";
}
