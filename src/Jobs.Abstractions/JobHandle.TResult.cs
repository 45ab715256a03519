using Jobs.Definitions;

namespace Jobs;

/// <summary>An enqueued job that has a result.</summary>
/// <typeparam name="TResult">The result's type.</typeparam>
public readonly struct JobHandle<TResult>
{
    private readonly IJobResultSource? _source;
    private readonly IJobResultReader<TResult>? _reader;

    /// <summary>Makes a handle; called by the client.</summary>
    public JobHandle(JobId id, IJobResultSource source, IJobResultReader<TResult> reader)
    {
        Id = id;
        _source = source;
        _reader = reader;
    }

    /// <summary>The job's id.</summary>
    public JobId Id { get; }

    /// <inheritdoc cref="JobHandle.IsExisting"/>
    public bool IsExisting { get; init; }

    /// <summary>Waits for the job's end and returns its result.</summary>
    /// <param name="cancellationToken">Ends the wait, not the job.</param>
    /// <exception cref="JobStoreMissingException">No store is configured, so results are not kept.</exception>
    /// <exception cref="JobFailedException">The job was dead-lettered or cancelled.</exception>
    public ValueTask<TResult> ResultAsync(CancellationToken cancellationToken = default) =>
        _source is null || _reader is null
            ? throw new InvalidOperationException("This handle was not made by a job client.")
            : _source.WaitAsync(Id, _reader, cancellationToken);

    /// <summary>Waits for the job's end, but not for ever, and returns its result.</summary>
    /// <param name="timeout">How long; more than zero.</param>
    /// <param name="cancellationToken">Ends the wait, not the job.</param>
    /// <exception cref="JobResultTimeoutException">The job has not ended in time. It goes on.</exception>
    /// <inheritdoc cref="ResultAsync(CancellationToken)"/>
    public ValueTask<TResult> ResultAsync(TimeSpan timeout, CancellationToken cancellationToken = default) =>
        _source is null || _reader is null
            ? throw new InvalidOperationException("This handle was not made by a job client.")
            : _source.WaitAsync(Id, _reader, timeout, cancellationToken);

    /// <inheritdoc cref="JobHandle.CancelAsync"/>
    public ValueTask<JobCancelStatus> CancelAsync(CancellationToken cancellationToken = default) => ((JobHandle)this).CancelAsync(cancellationToken);

    /// <summary>The same job without its result.</summary>
    public static implicit operator JobHandle(JobHandle<TResult> handle) => new(handle.Id) { Source = handle._source, IsExisting = handle.IsExisting };

    /// <inheritdoc/>
    public override string ToString() => Id.ToString();
}
