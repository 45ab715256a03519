using Microsoft.Extensions.Logging;

namespace Jobs.Brokers.Redis;

/// <summary>The log messages of the Redis broker. Event ids are stable, never reused, and begin with 8.</summary>
internal static partial class Log
{
    [LoggerMessage(8001, LogLevel.Warning, "Enqueueing to queue {Queue} was interrupted: {Reason} What was under way is sent again once Redis answers.")]
    public static partial void SendInterrupted(ILogger logger, string queue, string reason);

    [LoggerMessage(8002, LogLevel.Warning, "Queue {Queue} cannot be received from: {Reason} It is tried again.")]
    public static partial void ReceiveInterrupted(ILogger logger, string queue, string reason);

    [LoggerMessage(8003, LogLevel.Information, "Queue {Queue} took over {Count} deliveries of workers that died or lost them.")]
    public static partial void Reclaimed(ILogger logger, string queue, int count);

    [LoggerMessage(8004, LogLevel.Error, "Queue {Queue} lost {Count} messages that were in hand: something else than Jobs deleted or trimmed their stream entries.")]
    public static partial void EntriesLost(ILogger logger, string queue, int count);

    [LoggerMessage(8005, LogLevel.Warning, "The consumer group of queue {Queue} was gone and has been made again; what was in hand is handed out again.")]
    public static partial void GroupRecreated(ILogger logger, string queue);

    [LoggerMessage(8006, LogLevel.Warning, "Delayed jobs of queue {Queue} cannot be looked after: {Reason} It is tried again.")]
    public static partial void PromoteInterrupted(ILogger logger, string queue, string reason);

    [LoggerMessage(8007, LogLevel.Warning, "Settling {Count} deliveries of queue {Queue} was interrupted: {Reason} It is tried again.")]
    public static partial void SettleInterrupted(ILogger logger, int count, string queue, string reason);

    [LoggerMessage(8008, LogLevel.Error, "A job of queue {Queue} cannot complete: it enqueued others, and these were not accepted: {Reason} It runs again when its lease ends.")]
    public static partial void ThenRefused(ILogger logger, string queue, string reason);

    [LoggerMessage(8009, LogLevel.Warning, "Redis may evict jobs: its maxmemory-policy is '{Policy}'. Set 'maxmemory-policy noeviction', so that a full server refuses jobs instead of losing them.")]
    public static partial void EvictionPossible(ILogger logger, string policy);

    [LoggerMessage(8010, LogLevel.Warning, "Redis does not write an append-only file, so a restart loses what came after the last snapshot. Set 'appendonly yes' and 'appendfsync everysec' (or 'always').")]
    public static partial void NotPersistent(ILogger logger);

    [LoggerMessage(8011, LogLevel.Debug, "The settings of Redis cannot be looked at: {Reason}")]
    public static partial void SettingsHidden(ILogger logger, string reason);

    [LoggerMessage(8012, LogLevel.Warning, "Queue {Queue}: {Count} deliveries that no worker took could not be put back; they come back when their lease ends. {Reason}")]
    public static partial void PutBackFailed(ILogger logger, int count, string queue, string reason);

    [LoggerMessage(8013, LogLevel.Debug, "Consumers of queue {Queue} cannot be tidied up: {Reason}")]
    public static partial void TidyFailed(ILogger logger, string queue, string reason);

    [LoggerMessage(8014, LogLevel.Warning, "Changes of the store cannot be listened to: {Reason} It is tried again, and what is watched is read again.")]
    public static partial void WatchInterrupted(ILogger logger, string reason);
}
