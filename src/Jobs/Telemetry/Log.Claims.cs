using Microsoft.Extensions.Logging;

namespace Jobs.Telemetry;

internal static partial class Log
{
    [LoggerMessage(13001, LogLevel.Warning, "Store {Store} does not answer; jobs that need something of it are put off until it does.")]
    public static partial void ClaimsAway(ILogger logger, Exception error, string store);

    [LoggerMessage(13002, LogLevel.Information, "Store {Store} answers again, and jobs that need something of it run.")]
    public static partial void ClaimsRecovered(ILogger logger, string store);

    [LoggerMessage(13003, LogLevel.Information, "Job '{Job}' ({Id}) is cancelled: job {Other} has its unique key.")]
    public static partial void KeyConflict(ILogger logger, string job, JobId id, JobId other);

    [LoggerMessage(13004, LogLevel.Information, "Job '{Job}' ({Id}) is completed, not run: job {Other} has done its work.")]
    public static partial void RunSpared(ILogger logger, string job, JobId id, JobId other);

    [LoggerMessage(13005, LogLevel.Warning, "Job '{Job}' ({Id}) has lost '{Claim}', which another may hold by now; it is cancelled, and runs when it has it again.")]
    public static partial void ClaimLost(ILogger logger, string job, JobId id, string claim);

    [LoggerMessage(13006, LogLevel.Warning, "What job '{Job}' ({Id}) held in store {Store} was not given back; it is free once it has expired.")]
    public static partial void ClaimNotGivenBack(ILogger logger, Exception error, string job, JobId id, string store);

    [LoggerMessage(13007, LogLevel.Error, "That job '{Job}' ({Id}) has done its work could not be stored; another job with its idempotency key would do it again.")]
    public static partial void NotMarkedDone(ILogger logger, Exception error, string job, JobId id);

    [LoggerMessage(13008, LogLevel.Warning, "Job '{Job}' ({Id}) has a unique key, but this worker has no store, so it runs jobs without taking their keys or freeing them: each stays taken until it expires. Set 'Jobs:Store' to the store of those who enqueue. This is said once.")]
    public static partial void KeyIgnored(ILogger logger, string job, JobId id);
}
