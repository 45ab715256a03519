namespace Jobs;

/// <summary>The result of a job was not there in time. The job goes on, and its result may still come.</summary>
public sealed class JobResultTimeoutException(JobId id, TimeSpan timeout)
    : JobException($"Job {id} had not ended after {timeout}. It goes on; wait for it again by the same handle, or cancel it.")
{
    /// <summary>The job.</summary>
    public JobId Id { get; } = id;

    /// <summary>How long it was waited for.</summary>
    public TimeSpan Timeout { get; } = timeout;
}
