namespace Jobs.Definitions;

/// <summary>Where a handle waits for its result.</summary>
public interface IJobResultSource
{
    /// <summary>Waits for the end of a job and reads its result.</summary>
    /// <exception cref="JobStoreMissingException">No store is configured.</exception>
    /// <exception cref="JobFailedException">The job was dead-lettered or cancelled.</exception>
    ValueTask<TResult> WaitAsync<TResult>(JobId id, IJobResultReader<TResult> reader, CancellationToken cancellationToken);
}
