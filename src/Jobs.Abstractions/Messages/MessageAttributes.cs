using System.Collections.ObjectModel;

namespace Jobs.Messages;

/// <summary>The less common attributes of a document. Immutable; absent ones are not on the wire.</summary>
public sealed record MessageAttributes
{
    /// <summary>No attribute set.</summary>
    public static MessageAttributes None { get; } = new();

    /// <summary>The time after which the job is no longer worth starting (<c>jobexpires</c>).</summary>
    public DateTimeOffset? Expires { get; init; }

    /// <summary>The priority (<c>jobpriority</c>).</summary>
    public JobPriority Priority { get; init; } = JobPriority.Normal;

    /// <summary>The unique key (<c>jobkey</c>).</summary>
    public string? Key { get; init; }

    /// <summary>The tenant (<c>jobtenant</c>).</summary>
    public string? Tenant { get; init; }

    /// <summary>The W3C trace context (<c>traceparent</c>, CloudEvents distributed tracing extension).</summary>
    public string? TraceParent { get; init; }

    /// <summary>The W3C trace state (<c>tracestate</c>).</summary>
    public string? TraceState { get; init; }

    /// <summary>How often the job may run (<c>jobmaxattempts</c>).</summary>
    public int? MaxAttempts { get; init; }

    /// <summary>The first retry delay (<c>jobbackoff</c>).</summary>
    public TimeSpan? Backoff { get; init; }

    /// <summary>The soft limit (<c>jobtimeout</c>).</summary>
    public TimeSpan? Timeout { get; init; }

    /// <summary>The correlation id (<c>jobcorrelationid</c>).</summary>
    public string? CorrelationId { get; init; }

    /// <summary>The job that enqueued this one (<c>jobparent</c>).</summary>
    public JobId? ParentId { get; init; }

    /// <summary>The first job of the tree that this one belongs to (<c>jobroot</c>).</summary>
    public JobId? RootId { get; init; }

    /// <summary>The schedule that enqueued it (<c>jobschedule</c>).</summary>
    public string? Schedule { get; init; }

    /// <summary>The tick of the schedule (<c>jobtick</c>).</summary>
    public DateTimeOffset? Tick { get; init; }

    /// <summary>The partition for ordered jobs (<c>jobpartition</c>).</summary>
    public string? Partition { get; init; }

    /// <summary>The key that limits concurrency (<c>jobconcurrencykey</c>).</summary>
    public string? ConcurrencyKey { get; init; }

    /// <summary>Where an answer goes (<c>jobreplyto</c>).</summary>
    public string? ReplyTo { get; init; }

    /// <summary>The user's headers: all other extension attributes.</summary>
    public IReadOnlyDictionary<string, string> Headers { get; init; } = ReadOnlyDictionary<string, string>.Empty;
}
