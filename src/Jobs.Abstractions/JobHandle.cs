namespace Jobs;

/// <summary>An enqueued job.</summary>
public readonly record struct JobHandle(JobId Id)
{
    /// <inheritdoc/>
    public override string ToString() => Id.ToString();
}
