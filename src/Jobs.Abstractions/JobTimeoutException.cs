namespace Jobs;

/// <summary>The failure that is recorded when a run reached its soft or hard limit.</summary>
public sealed class JobTimeoutException(string message, Exception? innerException = null) : JobException(message, innerException);
