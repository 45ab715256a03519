using Jobs.Brokers;

namespace Jobs;

/// <summary>A job was not enqueued, because another one has its key.</summary>
/// <param name="id">The id that the job would have had.</param>
/// <param name="jobName">The job.</param>
/// <param name="key">The key.</param>
/// <param name="existingId">The job that has it.</param>
public sealed class JobKeyConflictException(JobId id, string jobName, string key, JobId existingId)
    : JobEnqueueException(
        id,
        jobName,
        SendStatus.Failed,
        $"Job '{jobName}' was not enqueued: job {existingId} has its key '{key}' until it ends. Set {nameof(EnqueueOptions.OnConflict)} to {nameof(KeyConflict.ReturnExisting)} or {nameof(KeyConflict.Replace)} if that is no mistake.")
{
    /// <summary>The key.</summary>
    public string Key { get; } = key;

    /// <summary>The job that has it; one that was about to be sent when this was thrown may not have been accepted.</summary>
    public JobId ExistingId { get; } = existingId;
}
