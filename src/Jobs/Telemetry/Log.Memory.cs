using Microsoft.Extensions.Logging;

namespace Jobs.Telemetry;

internal static partial class Log
{
    [LoggerMessage(7001, LogLevel.Warning, "Queue {Queue} holds {Limit} dead letters, its limit ('Jobs:Memory:MaxDeadLetters'): the oldest are removed, {Evicted} so far. Replay or purge them, or raise the limit.")]
    public static partial void DeadLettersEvicted(ILogger logger, string queue, int limit, long evicted);

    [LoggerMessage(7002, LogLevel.Warning, "The memory broker has a queue that is not as asked for: {Difference}. It stays as it is.")]
    public static partial void MemoryQueueDiffers(ILogger logger, string difference);

    [LoggerMessage(7003, LogLevel.Error, "Job '{Job}' ({Id}) cannot complete: it enqueued '{Child}', which the memory broker cannot take. It runs again when its lease ends.")]
    public static partial void ThenRefused(ILogger logger, Exception? error, string job, JobId id, string child);

    [LoggerMessage(7004, LogLevel.Error, "The document of dead-lettered job '{Job}' ({Id}) cannot be written; the dead letter is kept without its bytes.")]
    public static partial void DeadLetterNotEncoded(ILogger logger, Exception error, string job, JobId id);
}
