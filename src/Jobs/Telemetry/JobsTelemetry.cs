using System.Diagnostics;
using System.Diagnostics.Metrics;

namespace Jobs.Telemetry;

/// <summary>The instruments of a host. The names of meter and activity source are <c>Jobs</c>. Safe for concurrent use.</summary>
/// <remarks>Without a listener a call costs one check. Times are in seconds, as OpenTelemetry asks.</remarks>
internal sealed class JobsTelemetry : IDisposable
{
    public const string Name = "Jobs";

    public static readonly ActivitySource Activities = new(Name);

    // Powers of about two from 1 ms to 30 min: the default buckets end where jobs begin.
    private static readonly InstrumentAdvice<double> Seconds = new()
    {
        HistogramBucketBoundaries = [0.001, 0.0025, 0.005, 0.01, 0.025, 0.05, 0.1, 0.25, 0.5, 1, 2.5, 5, 10, 30, 60, 300, 900, 1800],
    };

    private readonly Meter _meter;
    private readonly bool _ownsMeter;
    private readonly Counter<long> _enqueued;
    private readonly Counter<long> _processed;
    private readonly Histogram<double> _duration;
    private readonly Histogram<double> _latency;
    private readonly Counter<long> _retries;
    private readonly Counter<long> _deadLettered;
    private readonly Gauge<long> _queueDepth;
    private readonly Gauge<double> _queueAge;
    private readonly Gauge<long> _deadLetters;
    private readonly Counter<long> _leasesLost;
    private readonly Counter<long> _errorsSwallowed;
    private readonly Counter<long> _ticks;
    private readonly Counter<long> _scheduledRunsRepeated;
    private readonly Counter<long> _claimsRefused;
    private readonly Counter<long> _claimsLost;
    private readonly Counter<long> _runsSpared;

    public JobsTelemetry(IMeterFactory? meters = null)
    {
        _ownsMeter = meters is null;
        _meter = meters?.Create(new MeterOptions(Name)) ?? new Meter(Name);
        _enqueued = _meter.CreateCounter<long>("jobs.enqueued", "{job}", "Jobs that the broker accepted.");
        _processed = _meter.CreateCounter<long>("jobs.processed", "{job}", "Runs that ended, by outcome.");
        _duration = _meter.CreateHistogram("jobs.duration", "s", "How long a run took.", tags: null, Seconds);
        _latency = _meter.CreateHistogram("jobs.latency", "s", "From enqueue, or the time it was due, to start.", tags: null, Seconds);
        _retries = _meter.CreateCounter<long>("jobs.retries", "{job}", "Runs that failed and will be repeated.");
        _deadLettered = _meter.CreateCounter<long>("jobs.dead_lettered", "{job}", "Jobs that went to the dead-letter queue, by reason.");
        _queueDepth = _meter.CreateGauge<long>("jobs.queue.depth", "{job}", "Jobs that wait in a queue.");
        _queueAge = _meter.CreateGauge<double>("jobs.queue.age", "s", "How long the oldest waiting job has waited.");
        _deadLetters = _meter.CreateGauge<long>("jobs.dead_letters", "{job}", "Dead letters of a queue.");
        _leasesLost = _meter.CreateCounter<long>("jobs.lease.lost", "{job}", "Leases lost while their job was in hand.");
        _errorsSwallowed = _meter.CreateCounter<long>("jobs.errors.swallowed", "{error}", "Errors that were logged and otherwise ignored, by area.");
        _ticks = _meter.CreateCounter<long>("jobs.schedule.ticks", "{tick}", "Ticks of schedules, by what became of them.");
        _scheduledRunsRepeated = _meter.CreateCounter<long>("jobs.schedule.repeated", "{job}", "Second copies of schedules' jobs that were dropped.");
        _claimsRefused = _meter.CreateCounter<long>("jobs.claims.refused", "{job}", "Jobs that did not start for want of a permit, their key or the store, by reason.");
        _claimsLost = _meter.CreateCounter<long>("jobs.claims.lost", "{job}", "Runs that lost a permit to another, or may have.");
        _runsSpared = _meter.CreateCounter<long>("jobs.idempotent.spared", "{job}", "Idempotent jobs that were completed without a run, because their work was done.");
    }

    /// <summary>Something became of ticks of a schedule. <paramref name="outcome"/> is one of the constants of TickOutcomes.</summary>
    public void Ticked(string schedule, string outcome, long count = 1)
    {
        if (_ticks.Enabled)
        {
            _ticks.Add(count, new(Tags.Schedule, schedule), new(Tags.Outcome, outcome));
        }
    }

    /// <summary>A second copy of a schedule's job was dropped.</summary>
    public void ScheduledRunRepeated() => _scheduledRunsRepeated.Add(1);

    /// <summary>Whether anyone samples queues; asking a broker for a depth nobody wants is a waste.</summary>
    public bool SamplesQueues => _queueDepth.Enabled || _queueAge.Enabled || _deadLetters.Enabled;

    /// <summary>Whether durations or latencies are wanted; without it a run need not look at the clock for them.</summary>
    public bool MeasuresRuns => _duration.Enabled || _latency.Enabled || _processed.Enabled;

    public void Enqueued(string job, string queue, int count = 1)
    {
        if (_enqueued.Enabled)
        {
            _enqueued.Add(count, new(Tags.Job, job), new(Tags.Queue, queue));
        }
    }

    /// <summary>A run ended. <paramref name="outcome"/> is a constant of <see cref="Outcomes"/>.</summary>
    public void Processed(string job, string queue, string outcome, TimeSpan duration)
    {
        if (_processed.Enabled)
        {
            _processed.Add(1, new(Tags.Job, job), new(Tags.Queue, queue), new(Tags.Outcome, outcome));
        }

        if (_duration.Enabled)
        {
            _duration.Record(duration.TotalSeconds, new(Tags.Job, job), new(Tags.Queue, queue), new(Tags.Outcome, outcome));
        }
    }

    public void Started(string job, string queue, TimeSpan latency)
    {
        if (_latency.Enabled)
        {
            _latency.Record(latency.TotalSeconds, new(Tags.Job, job), new(Tags.Queue, queue));
        }
    }

    public void Retried(string job, string queue)
    {
        if (_retries.Enabled)
        {
            _retries.Add(1, new(Tags.Job, job), new(Tags.Queue, queue));
        }
    }

    public void DeadLettered(string job, string queue, string reason)
    {
        if (_deadLettered.Enabled)
        {
            _deadLettered.Add(1, new(Tags.Job, job), new(Tags.Queue, queue), new(Tags.Reason, reason));
        }
    }

    public void LeaseLost(string job, string queue)
    {
        if (_leasesLost.Enabled)
        {
            _leasesLost.Add(1, new(Tags.Job, job), new(Tags.Queue, queue));
        }
    }

    /// <summary>A job did not start. <paramref name="reason"/> is one of the constants of ClaimRefusals.</summary>
    public void ClaimRefused(string job, string queue, string reason)
    {
        if (_claimsRefused.Enabled)
        {
            _claimsRefused.Add(1, new(Tags.Job, job), new(Tags.Queue, queue), new(Tags.Reason, reason));
        }
    }

    /// <summary>A run lost a permit.</summary>
    public void ClaimLost(string job)
    {
        if (_claimsLost.Enabled)
        {
            _claimsLost.Add(1, new KeyValuePair<string, object?>(Tags.Job, job));
        }
    }

    /// <summary>An idempotent job was completed without a run.</summary>
    public void RunSpared(string job)
    {
        if (_runsSpared.Enabled)
        {
            _runsSpared.Add(1, new KeyValuePair<string, object?>(Tags.Job, job));
        }
    }

    /// <summary>An error was logged and otherwise ignored. <paramref name="area"/> is a low-cardinality word such as <c>settle</c>.</summary>
    public void ErrorSwallowed(string area)
    {
        if (_errorsSwallowed.Enabled)
        {
            _errorsSwallowed.Add(1, new KeyValuePair<string, object?>(Tags.Area, area));
        }
    }

    public void QueueSampled(string queue, long depth, TimeSpan oldestAge, long? deadLetters)
    {
        _queueDepth.Record(depth, new KeyValuePair<string, object?>(Tags.Queue, queue));
        _queueAge.Record(oldestAge.TotalSeconds, new KeyValuePair<string, object?>(Tags.Queue, queue));
        if (deadLetters is { } count)
        {
            _deadLetters.Record(count, new KeyValuePair<string, object?>(Tags.Queue, queue));
        }
    }

    /// <summary>Publishes what a worker does at the moment; called once by a worker. The functions are called when someone looks.</summary>
    public void ObserveWorker(Func<IEnumerable<Measurement<long>>> inFlight, Func<long> active, Func<long> idle)
    {
        _meter.CreateObservableUpDownCounter("jobs.in_flight", inFlight, "{job}", "Deliveries in hand, by queue.");
        _meter.CreateObservableUpDownCounter("jobs.workers.active", active, "{worker}", "Places of the worker that run a job.");
        _meter.CreateObservableUpDownCounter("jobs.workers.idle", idle, "{worker}", "Places of the worker that are free.");
    }

    /// <summary>Publishes how many dead letters a broker has removed for want of room; called once by a host whose broker does so.</summary>
    public void ObserveEvictions(Func<long> evicted) =>
        _meter.CreateObservableCounter("jobs.dead_letters.evicted", evicted, "{job}", "Dead letters removed because their queue holds no more.");

    /// <summary>Tells this host's meter from another's of the same name.</summary>
    public bool Owns(Meter meter) => meter == _meter;

    public void Dispose()
    {
        // A factory disposes the meters that it made.
        if (_ownsMeter)
        {
            _meter.Dispose();
        }
    }
}
