namespace Jobs;

/// <summary>The job whose result was waited for was dead-lettered or cancelled.</summary>
public sealed class JobFailedException(JobId id, string reason, string? error)
    : JobException(error is null ? $"Job {id} ended without a result: {reason}." : $"Job {id} ended without a result: {reason}. {error}")
{
    /// <summary>The job.</summary>
    public JobId Id { get; } = id;

    /// <summary>Why: a dead letter's reason, <c>cancelled</c>, <c>expired</c>, or <c>not-found</c>.</summary>
    public string Reason { get; } = reason;
}
