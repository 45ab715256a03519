using Microsoft.Extensions.Logging;

namespace Jobs.Telemetry;

internal static partial class Log
{
    [LoggerMessage(12001, LogLevel.Information, "{Count} schedules are on.")]
    public static partial void SchedulerStarted(ILogger logger, int count);

    [LoggerMessage(12002, LogLevel.Warning, "Schedule {Schedule} of job {Job} cannot be served; trying again. Its ticks are late, not lost.")]
    public static partial void ScheduleFailed(ILogger logger, Exception error, string schedule, string job);

    [LoggerMessage(12003, LogLevel.Information, "Schedule {Schedule} is served again after {Failures} failures.")]
    public static partial void ScheduleRecovered(ILogger logger, string schedule, int failures);

    [LoggerMessage(12004, LogLevel.Warning, "Schedule {Schedule} missed {Count} ticks, which its misfire policy {Policy} drops.")]
    public static partial void TicksMissed(ILogger logger, string schedule, int count, string policy);

    [LoggerMessage(12005, LogLevel.Information, "Schedule {Schedule} dropped its tick {Tick}: the run before has not ended, and its overlap policy is {Policy}.")]
    public static partial void TickOverlapped(ILogger logger, string schedule, DateTimeOffset tick, string policy);

    [LoggerMessage(12006, LogLevel.Warning, "Schedule {Schedule}: tick {Tick} is sent again, because node {Node} claimed it and fell silent.")]
    public static partial void TickTakenOver(ILogger logger, string schedule, DateTimeOffset tick, string node);

    [LoggerMessage(12007, LogLevel.Information, "Schedule {Schedule} has the times '{After}' from now on, no longer '{Before}': this node's version declares them.")]
    public static partial void ScheduleRedeclared(ILogger logger, string schedule, string before, string after);

    [LoggerMessage(12008, LogLevel.Error, "Schedule {Schedule} was last served at {Done}, but the clock shows {Now}: a clock was, or is, wrong. It goes on from now.")]
    public static partial void ScheduleFromTheFuture(ILogger logger, string schedule, DateTimeOffset done, DateTimeOffset now);

    [LoggerMessage(12009, LogLevel.Warning, "Changes of schedules are not watched for the moment; they are seen when the next tick is due.")]
    public static partial void ScheduleWatchFailed(ILogger logger, Exception error);

    [LoggerMessage(12010, LogLevel.Information, "Job {Id} has run already; this copy of it is dropped.")]
    public static partial void ScheduledRunDropped(ILogger logger, JobId id);

    [LoggerMessage(12011, LogLevel.Warning, "The end of job {Id} was not marked: a second copy of it would run, and the next tick may wait for it.")]
    public static partial void ScheduledRunNotMarked(ILogger logger, Exception error, JobId id);

    [LoggerMessage(12012, LogLevel.Warning, "The lock {Key} was not renewed or given back; it expires by itself.")]
    public static partial void ScheduledRunLockFailed(ILogger logger, Exception error, string key);

    [LoggerMessage(12015, LogLevel.Warning, "Job {Id} is put off: store '{Store}' does not say whether it has run already.")]
    public static partial void ScheduledRunPutOff(ILogger logger, Exception error, JobId id, string store);

    [LoggerMessage(12014, LogLevel.Information, "Schedule {Schedule} dropped its tick {Tick}: job {Id} has its key.")]
    public static partial void TickConflicted(ILogger logger, string schedule, DateTimeOffset tick, JobId id);

    [LoggerMessage(12013, LogLevel.Information, "Schedule {Schedule}: the run before has not ended and is cancelled for tick {Tick}.")]
    public static partial void TickCancelsPrevious(ILogger logger, string schedule, DateTimeOffset tick);
}
