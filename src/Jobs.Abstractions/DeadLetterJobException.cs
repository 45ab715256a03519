namespace Jobs;

/// <summary>Thrown by a handler: this job can never succeed. It is dead-lettered at once as <c>rejected</c>.</summary>
public sealed class DeadLetterJobException(string reason, Exception? innerException = null) : JobException(reason, innerException);
