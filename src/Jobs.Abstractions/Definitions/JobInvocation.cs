namespace Jobs.Definitions;

/// <summary>What the runtime hands to a handler besides its args.</summary>
/// <param name="Services">The job's scope; the host's provider for jobs that need none.</param>
/// <param name="CancellationToken">Cancelled at the soft limit, at shutdown, or when the lease is lost.</param>
/// <param name="Context">Set if the handler or middleware uses it.</param>
/// <param name="Batch">Set for batches.</param>
/// <param name="Results">Takes the result; null drops it.</param>
/// <param name="Checkpoint">Set if the handler keeps a checkpoint.</param>
public readonly record struct JobInvocation(
    IServiceProvider Services,
    CancellationToken CancellationToken,
    JobContext? Context = null,
    JobBatch? Batch = null,
    IJobResultSink? Results = null,
    IJobCheckpointSlot? Checkpoint = null);
