namespace Jobs;

/// <summary>A checkpoint could not be saved: the store is away, or will not take it. What was saved before is still there.</summary>
/// <remarks>A handler may go on without it, and save again later; one that lets it pass has failed, and its job is retried.</remarks>
public sealed class JobCheckpointException(string message, Exception? innerException = null) : JobException(message, innerException);
