using Jobs.Definitions;

namespace Jobs;

/// <summary>An enqueued job.</summary>
/// <remarks>Handles to the same job are equal.</remarks>
public readonly record struct JobHandle(JobId Id)
{
    internal IJobResultSource? Source { get; init; }

    /// <summary>True if nothing was enqueued, because this job had the key already (<see cref="KeyConflict.ReturnExisting"/>).</summary>
    public bool IsExisting { get; init; }

    /// <inheritdoc cref="IJobClient.CancelAsync"/>
    /// <exception cref="InvalidOperationException">The handle was not made by a job client.</exception>
    public ValueTask<JobCancelStatus> CancelAsync(CancellationToken cancellationToken = default) =>
        (Source ?? throw new InvalidOperationException("This handle was not made by a job client.")).CancelAsync(Id, cancellationToken);

    /// <inheritdoc/>
    public bool Equals(JobHandle other) => Id.Equals(other.Id);

    /// <inheritdoc/>
    public override int GetHashCode() => Id.GetHashCode();

    /// <inheritdoc/>
    public override string ToString() => Id.ToString();
}
