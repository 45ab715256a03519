using Jobs.Definitions;
using Jobs.Running;

namespace Jobs.Checkpoints;

/// <summary>The checkpoint of one run.</summary>
/// <remarks>Outlives the run if the handler keeps it, so it knows whether its run still is in the slot.</remarks>
internal sealed class RunCheckpoint(CheckpointStore store, JobRun run, long enqueued, long order) : IJobCheckpointSlot
{
    private readonly long _ticket = run.Ticket;

    public JobId Id { get; } = run.Id;

    public string Name { get; } = run.Name;

    /// <summary>The fence of what this run writes.</summary>
    public long Order { get; set; } = order;

    public long Enqueued => enqueued;

    public ReadOnlyMemory<byte>? Saved { get; set; }

    /// <summary>True if the store may have an entry of this job.</summary>
    public bool Exists { get; set; }

    /// <summary>When the entry expires; in the past for one that an earlier run saved, of which that is not known.</summary>
    public DateTimeOffset Expires { get; set; }

    public ValueTask SaveAsync(ReadOnlyMemory<byte> json, CancellationToken cancellationToken)
    {
        if (!run.IsSame(_ticket) || run.Phase is not (RunPhase.Running or RunPhase.Abandoned))
        {
            throw new InvalidOperationException($"The run of job '{Name}' ({Id}) has ended, so its checkpoint cannot be saved any more.");
        }

        return run.Phase == RunPhase.Abandoned || run.StopReason == StopReason.LeaseLost || !run.IsDeliveryOurs
            ? throw Superseded()
            : store.SaveAsync(this, json, cancellationToken);
    }

    public void Drop(JobPayloadException error)
    {
        Saved = null;
        store.ReportUnreadable(this, error.Message);
    }

    /// <summary>A later delivery of the job has saved something: this one is not its owner any more, whatever the worker believes.</summary>
    public OperationCanceledException Lose()
    {
        var ticket = run.Ticket;
        if (run.IsSame(_ticket))
        {
            store.LeaseLost(run, ticket);
        }

        return Superseded();
    }

    private OperationCanceledException Superseded() => new($"Job '{Name}' ({Id}) belongs to another worker by now; its checkpoint was not saved.");
}
