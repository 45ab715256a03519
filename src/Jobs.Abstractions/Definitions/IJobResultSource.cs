namespace Jobs.Definitions;

/// <summary>What a handle asks.</summary>
public interface IJobResultSource
{
    /// <summary>Waits for the end of a job and reads its result.</summary>
    /// <exception cref="JobStoreMissingException">No store is configured.</exception>
    /// <exception cref="JobFailedException">The job was dead-lettered or cancelled.</exception>
    ValueTask<TResult> WaitAsync<TResult>(JobId id, IJobResultReader<TResult> reader, CancellationToken cancellationToken);

    /// <summary>The same, but not for ever.</summary>
    /// <exception cref="JobResultTimeoutException">The job has not ended in time.</exception>
    /// <inheritdoc cref="WaitAsync{TResult}(JobId, IJobResultReader{TResult}, CancellationToken)"/>
    ValueTask<TResult> WaitAsync<TResult>(JobId id, IJobResultReader<TResult> reader, TimeSpan timeout, CancellationToken cancellationToken);

    /// <inheritdoc cref="IJobClient.CancelAsync"/>
    ValueTask<JobCancelStatus> CancelAsync(JobId id, CancellationToken cancellationToken);
}
