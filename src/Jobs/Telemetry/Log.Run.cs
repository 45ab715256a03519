using Microsoft.Extensions.Logging;

namespace Jobs.Telemetry;

internal static partial class Log
{
    private static readonly Func<ILogger, JobId, string, int, string, IDisposable?> RunScope =
        LoggerMessage.DefineScope<JobId, string, int, string>("job {JobId} {JobName} attempt {Attempt} queue {Queue}");

    /// <summary>The scope of a run: every line that its handler logs carries the job.</summary>
    public static IDisposable? BeginRun(ILogger logger, JobId id, string name, int attempt, string queue) => RunScope(logger, id, name, attempt, queue);

    [LoggerMessage(3001, LogLevel.Debug, "Job '{Job}' ({Id}) started, attempt {Attempt}.")]
    public static partial void RunStarted(ILogger logger, string job, JobId id, int attempt);

    [LoggerMessage(3002, LogLevel.Debug, "Job '{Job}' ({Id}) succeeded after {DurationMs} ms.")]
    public static partial void RunSucceeded(ILogger logger, string job, JobId id, double durationMs);

    [LoggerMessage(3003, LogLevel.Warning, "Job '{Job}' ({Id}) failed in attempt {Attempt} of {MaxAttempts} after {DurationMs} ms; it runs again in {Delay}.")]
    public static partial void RunRetried(ILogger logger, Exception error, string job, JobId id, int attempt, int maxAttempts, double durationMs, TimeSpan delay);

    [LoggerMessage(3004, LogLevel.Error, "Job '{Job}' ({Id}) is dead-lettered in attempt {Attempt}: {Reason}.")]
    public static partial void RunDeadLettered(ILogger logger, Exception? error, string job, JobId id, int attempt, string reason);

    [LoggerMessage(3005, LogLevel.Debug, "Job '{Job}' ({Id}) is deferred by {Delay}.")]
    public static partial void RunDeferred(ILogger logger, string job, JobId id, TimeSpan delay);

    [LoggerMessage(3006, LogLevel.Warning, "Job '{Job}' version {Version} ({Id}) is not known here; deferred by {Delay}, dead-lettered if no worker of queue {Queue} knows it within {Grace}.")]
    public static partial void JobUnknown(ILogger logger, string job, int version, JobId id, string queue, TimeSpan delay, TimeSpan grace);

    [LoggerMessage(3007, LogLevel.Information, "Job '{Job}' ({Id}) expired before it started.")]
    public static partial void JobExpired(ILogger logger, string job, JobId id);

    [LoggerMessage(3008, LogLevel.Error, "Job '{Job}' ({Id}) ignores its token {Overrun} past its limit and is abandoned; '{Location}' must observe its CancellationToken.")]
    public static partial void RunAbandoned(ILogger logger, string job, JobId id, TimeSpan overrun, string location);

    [LoggerMessage(3009, LogLevel.Warning, "Job '{Job}' ({Id}) completes although it failed: what it is about is gone.")]
    public static partial void RunNotFound(ILogger logger, Exception error, string job, JobId id);

    [LoggerMessage(3010, LogLevel.Error, "A failure handler of job '{Job}' ({Id}) failed: {Handler}.")]
    public static partial void FailureHandlerFailed(ILogger logger, Exception error, string job, JobId id, string handler);

    [LoggerMessage(3011, LogLevel.Error, "Message {MessageId} of queue {Queue} cannot be decoded and is dead-lettered: {Problem}")]
    public static partial void MessageUndecodable(ILogger logger, string messageId, string queue, string problem);

    [LoggerMessage(3012, LogLevel.Error, "The outcome of job '{Job}' ({Id}) could not be stored; who waits for it waits in vain.")]
    public static partial void ResultNotStored(ILogger logger, Exception error, string job, JobId id);

    [LoggerMessage(3013, LogLevel.Warning, "The abandoned run of job '{Job}' ({Id}) ended; its outcome no longer counts.")]
    public static partial void AbandonedRunEnded(ILogger logger, string job, JobId id);

    [LoggerMessage(3014, LogLevel.Error, "Job '{Job}' ({Id}) failed, and so did disposing its scope; the first failure counts.")]
    public static partial void ScopeNotDisposed(ILogger logger, Exception error, string job, JobId id);

    [LoggerMessage(3015, LogLevel.Information, "Job '{Job}' ({Id}) is cancelled.")]
    public static partial void JobCancelled(ILogger logger, string job, JobId id);

    [LoggerMessage(3016, LogLevel.Warning, "Records of jobs cannot be written to store {Store}; they are written when it is back.")]
    public static partial void RecordsLate(ILogger logger, Exception error, string store);

    [LoggerMessage(3017, LogLevel.Information, "Store {Store} is back, and the records of jobs are up to date.")]
    public static partial void RecordsCaughtUp(ILogger logger, string store);

    [LoggerMessage(3018, LogLevel.Error, "Store {Store} has been away for too long: {Count} records of jobs are dropped, for {Most} wait already.")]
    public static partial void RecordsDropped(ILogger logger, string store, int count, int most);

    [LoggerMessage(3019, LogLevel.Warning, "Store {Store} does not tell which jobs are to be cancelled; it is tried again.")]
    public static partial void CancelWatchFailed(ILogger logger, Exception error, string store);

    [LoggerMessage(3020, LogLevel.Information, "Store {Store} tells again which jobs are to be cancelled.")]
    public static partial void CancelWatchRecovered(ILogger logger, string store);

    [LoggerMessage(3021, LogLevel.Information, "Job '{Job}' ({Id}) was delivered again though its record says that it has succeeded; it is completed, not run.")]
    public static partial void RunKnownToHaveSucceeded(ILogger logger, string job, JobId id);

    [LoggerMessage(3030, LogLevel.Warning, "The checkpoint of job '{Job}' ({Id}) cannot be read from store {Store}; the job is deferred until it can.")]
    public static partial void CheckpointNotRead(ILogger logger, Exception error, string job, JobId id, string store);

    [LoggerMessage(3031, LogLevel.Warning, "The checkpoint of job '{Job}' ({Id}) is of another shape than its code expects, so the job starts over: {Error}")]
    public static partial void CheckpointUnreadable(ILogger logger, string job, JobId id, string error);

    [LoggerMessage(3032, LogLevel.Warning, "A checkpoint of job '{Job}' ({Id}) was refused: the job belongs to another worker by now. The run is cancelled.")]
    public static partial void CheckpointSuperseded(ILogger logger, string job, JobId id);

    [LoggerMessage(3033, LogLevel.Warning, "The checkpoint of job '{Job}' ({Id}) could not be deleted, or kept for its next run; it expires in its time.")]
    public static partial void CheckpointNotSettled(ILogger logger, Exception error, string job, JobId id);
}
