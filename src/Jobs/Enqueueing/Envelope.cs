using System.Diagnostics;
using Jobs.Catalog;
using Jobs.Messages;

namespace Jobs.Enqueueing;

/// <summary>What a call's options, its job and its surroundings make of a message. One serves all messages of a bulk call.</summary>
internal readonly struct Envelope
{
    private readonly string _queue;
    private readonly string _source;
    private readonly DateTimeOffset _now;
    private readonly DateTimeOffset? _due;
    private readonly MessageAttributes _attributes;

    /// <exception cref="ArgumentException">An option is out of range.</exception>
    /// <exception cref="JobConfigurationException">The queue is not known.</exception>
    public Envelope(JobRegistration job, QueueCatalog queues, EnqueueOptions? options, EnqueueScope? scope, string source, DateTimeOffset now)
    {
        _queue = job.Queue;
        _source = source;
        _now = now;
        _attributes = job.Attributes;
        if (options is not null)
        {
            EnqueueOptionsCheck.Run(options, job, queues);
            _queue = options.Queue ?? job.Queue;
            _due = options.At ?? (options.Delay is { } delay ? Later(now, delay) : null);
            _due = _due > now ? _due : null;
            _attributes = Describe(options, _attributes, now);
            if (_attributes.Expires <= _due)
            {
                throw new ArgumentException($"The job expires at {_attributes.Expires:O}, before it may run at {_due:O}.", nameof(options));
            }
        }

        // Without a listener there is no span of ours, but the caller's trace must still go on.
        if (Activity.Current is { IdFormat: ActivityIdFormat.W3C, Id: { } trace } activity)
        {
            _attributes = _attributes with { TraceParent = trace, TraceState = activity.TraceStateString };
        }

        if (scope is not null)
        {
            _attributes = scope.Inherit(_attributes);
        }
    }

    /// <summary>The queue that the messages go to.</summary>
    public string Queue => _queue;

    /// <summary>Fills in everything but the id.</summary>
    public void ApplyTo(JobMessage message)
    {
        message.Queue = _queue;
        message.Source = _source;
        message.EnqueuedAt = _now;
        message.Due = _due;
        message.Attributes = _attributes;
    }

    private static MessageAttributes Describe(EnqueueOptions options, MessageAttributes own, DateTimeOffset now) => own with
    {
        Expires = options.ExpiresAfter is { } expiry ? Later(now, expiry) : own.Expires,
        Priority = options.Priority ?? own.Priority,
        MaxAttempts = options.MaxAttempts,
        Backoff = options.Backoff,
        Timeout = options.Timeout,
        CorrelationId = options.CorrelationId,
        Tenant = options.Tenant,
        ConcurrencyKey = options.ConcurrencyKey,
        Schedule = options.Schedule,
        Tick = options.Tick,
        Headers = options.Headers is { Count: > 0 } headers ? new Dictionary<string, string>(headers) : own.Headers,
    };

    // "Never" is often written as the longest duration there is.
    private static DateTimeOffset Later(DateTimeOffset now, TimeSpan after) =>
        after < DateTimeOffset.MaxValue - now ? now + after : DateTimeOffset.MaxValue;
}
