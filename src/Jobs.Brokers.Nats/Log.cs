using Microsoft.Extensions.Logging;

namespace Jobs.Brokers.Nats;

/// <summary>The log messages of the NATS broker. Event ids are stable, never reused, and begin with 9; those from 9900 on are the connection's.</summary>
internal static partial class Log
{
    [LoggerMessage(9001, LogLevel.Warning, "The streams of namespace {Namespace} cannot be looked at yet: {Reason} It is tried again.")]
    public static partial void ProvisionInterrupted(ILogger logger, string @namespace, string reason);

    [LoggerMessage(9002, LogLevel.Warning, "NATS runs as a cluster, but the streams of Jobs are kept by one server each: while it is away they stand still, and if its disk is lost they are. Set Jobs:Nats:Replicas to 3.")]
    public static partial void NotReplicated(ILogger logger);

    [LoggerMessage(9003, LogLevel.Information, "{Kind} {Name} has been changed: it {Differences}.")]
    public static partial void Changed(ILogger logger, string kind, string name, string differences);

    [LoggerMessage(9020, LogLevel.Warning, "Messages cannot be stored in NATS: {Reason} It is tried again until the send's time is up.")]
    public static partial void SendInterrupted(ILogger logger, string reason);

    [LoggerMessage(9021, LogLevel.Warning, "Queue {Queue} cannot be received from: {Reason} It is tried again.")]
    public static partial void ReceiveInterrupted(ILogger logger, string queue, string reason);

    [LoggerMessage(9022, LogLevel.Warning, "A consumer of queue {Queue} was gone and has been made again; what was in hand is handed out again.")]
    public static partial void ConsumerRecreated(ILogger logger, string queue);

    [LoggerMessage(9023, LogLevel.Warning, "NATS has been silent where queue {Queue} waits for messages; it is asked again.")]
    public static partial void HeartbeatMissed(ILogger logger, string queue);

    [LoggerMessage(9024, LogLevel.Warning, "Queue {Queue}: {Count} deliveries that no worker took could not be released; they come back when their lease ends. {Reason}")]
    public static partial void ReleaseFailed(ILogger logger, int count, string queue, string reason);

    [LoggerMessage(9025, LogLevel.Warning, "Settling {Count} deliveries of queue {Queue} was interrupted: {Reason} It is tried again.")]
    public static partial void SettleInterrupted(ILogger logger, int count, string queue, string reason);

    [LoggerMessage(9026, LogLevel.Error, "A job of queue {Queue} cannot complete: it enqueued others, and these were not accepted: {Reason} It runs again when its lease ends.")]
    public static partial void ThenRefused(ILogger logger, string queue, string reason);

    [LoggerMessage(9027, LogLevel.Error, "A copy or a dead letter of a job of queue {Queue} was not stored: {Reason} It is tried again.")]
    public static partial void StoreRefused(ILogger logger, string queue, string reason);

    [LoggerMessage(9028, LogLevel.Warning, "Delayed jobs cannot be looked after: {Reason} It is tried again.")]
    public static partial void PromoteInterrupted(ILogger logger, string reason);

    [LoggerMessage(9029, LogLevel.Warning, "Delayed jobs may be late by some seconds, for nobody may tell of new ones: {Reason}")]
    public static partial void NudgesRefused(ILogger logger, string reason);

    [LoggerMessage(9030, LogLevel.Warning, "Delayed jobs that were about to be moved could not be handed back; they come to another process within {Time}. {Reason}")]
    public static partial void HandBackFailed(ILogger logger, TimeSpan time, string reason);

    [LoggerMessage(9031, LogLevel.Information, "{Count} messages of stream {Stream} were removed that had been acknowledged before the server was killed, and that it brought back.")]
    public static partial void OrphansRemoved(ILogger logger, int count, string stream);

    [LoggerMessage(9032, LogLevel.Warning, "What a server that was killed brings back cannot be removed: {Reason} It is tried again.")]
    public static partial void SweepInterrupted(ILogger logger, string reason);

    [LoggerMessage(9041, LogLevel.Warning, "What has expired in the store of namespace {Namespace} cannot be cleared away: {Reason} It is tried again.")]
    public static partial void StoreSweepInterrupted(ILogger logger, string @namespace, string reason);

    [LoggerMessage(9042, LogLevel.Debug, "The store of namespace {Namespace} was swept: {Entries} entries are gone that had expired, been deleted, or been too old for an index that is full.")]
    public static partial void StoreSwept(ILogger logger, string @namespace, long entries);
}
