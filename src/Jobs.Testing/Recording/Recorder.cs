using System.Buffers;
using System.Collections.Concurrent;
using Jobs.Brokers;
using Jobs.Messages;
using Jobs.Running;
using Jobs.Settling;

namespace Jobs.Testing.Recording;

/// <summary>Writes down what was enqueued and how runs ended. Safe for concurrent use.</summary>
internal sealed class Recorder(TimeProvider time)
{
    private readonly Lock _lock = new();
    private readonly List<EnqueuedJob> _enqueued = [];
    private readonly List<JobOutcome> _outcomes = [];
    private readonly ConcurrentDictionary<JobDelivery, (JobRun Run, JobOutcome Outcome)> _ending = new();

    public EnqueuedJob[] Enqueued
    {
        get
        {
            lock (_lock)
            {
                return [.. _enqueued];
            }
        }
    }

    public JobOutcome[] Outcomes
    {
        get
        {
            lock (_lock)
            {
                return [.. _outcomes];
            }
        }
    }

    /// <summary>Takes a picture of a message before the broker has it: afterwards it is the broker's.</summary>
    /// <returns>Null if the args cannot be written: the broker says so.</returns>
    public static EnqueuedJob? Picture(JobMessage message)
    {
        var document = new ArrayBufferWriter<byte>();
        try
        {
            message.WriteTo(document);
        }
        catch (JobPayloadException)
        {
            return null;
        }

        return JobMessage.TryFromBytes(document.WrittenMemory, default, out var picture, out _) ? new EnqueuedJob(picture) : null;
    }

    public void Add(EnqueuedJob? job)
    {
        if (job is not null)
        {
            lock (_lock)
            {
                _enqueued.Add(job);
            }
        }
    }

    public void Add(JobRun run, JobOutcomeKind kind) => Add(Describe(run, kind));

    /// <summary>Keeps how a run ended until the broker was told.</summary>
    public void Ending(JobRun run)
    {
        var outcome = run.Outcome!;
        var kind = outcome.Kind switch
        {
            OutcomeKind.Succeeded => JobOutcomeKind.Succeeded,
            OutcomeKind.Retried => JobOutcomeKind.Retried,
            OutcomeKind.Deferred => JobOutcomeKind.Deferred,
            OutcomeKind.Released => JobOutcomeKind.Released,
            OutcomeKind.DeadLettered => JobOutcomeKind.DeadLettered,
            OutcomeKind.Expired => JobOutcomeKind.Expired,
            OutcomeKind.Cancelled or OutcomeKind.Conflict => JobOutcomeKind.Cancelled,
            _ => JobOutcomeKind.NotFound,
        };
        _ending[run.Delivery] = (run, Describe(run, kind) with { Reason = outcome.Settlement.Reason, Exception = outcome.Exception });
    }

    public JobOutcome? TakeEnding(JobDelivery delivery) => _ending.TryRemove(delivery, out var ending) ? ending.Outcome : null;

    /// <summary>Writes down a run of which the broker was told nothing, as it outlived its worker.</summary>
    /// <remarks>Of any other the broker was told, so it is on record; its delivery may serve another run by now.</remarks>
    public void Unanswered(JobRun run)
    {
        if (_ending.TryGetValue(run.Delivery, out var ending) && ending.Run == run && _ending.TryRemove(new(run.Delivery, ending)))
        {
            Add(ending.Outcome with { Settled = SettleResult.Unknown });
        }
    }

    public void Add(JobOutcome outcome)
    {
        lock (_lock)
        {
            _outcomes.Add(outcome);
        }
    }

    private JobOutcome Describe(JobRun run, JobOutcomeKind kind) => new()
    {
        Id = run.Id,
        Name = run.Name,
        Queue = run.Lane.Name,
        Kind = kind,
        Attempt = run.Delivery?.Message?.State.Attempt ?? 0,
        At = time.GetUtcNow(),
        Settled = SettleResult.LeaseLost,
    };
}
