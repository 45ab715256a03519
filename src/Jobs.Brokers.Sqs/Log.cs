using Microsoft.Extensions.Logging;

namespace Jobs.Brokers.Sqs;

/// <summary>The log messages of the SQS broker. Event ids are stable, never reused, and begin with 100.</summary>
internal static partial class Log
{
    [LoggerMessage(10001, LogLevel.Warning, "The queues of namespace {Namespace} cannot be looked at yet: {Reason} It is tried again.")]
    public static partial void ProvisionInterrupted(ILogger logger, string @namespace, string reason);

    [LoggerMessage(10002, LogLevel.Warning, "SQS queue {Name} {Differences}. Jobs leaves it as it is.")]
    public static partial void Differs(ILogger logger, string name, string differences);

    [LoggerMessage(10003, LogLevel.Information, "SQS queue {Name} has been created.")]
    public static partial void Created(ILogger logger, string name);

    [LoggerMessage(10004, LogLevel.Warning, "Messages cannot be sent to SQS queue {Name}: {Reason} It is tried again until the send's time is up.")]
    public static partial void SendInterrupted(ILogger logger, string name, string reason);

    [LoggerMessage(10005, LogLevel.Warning, "Queue {Queue} cannot be received from: {Reason} It is tried again.")]
    public static partial void ReceiveInterrupted(ILogger logger, string queue, string reason);

    [LoggerMessage(10006, LogLevel.Warning, "Settling {Count} deliveries of queue {Queue} was interrupted: {Reason} It is tried again.")]
    public static partial void SettleInterrupted(ILogger logger, int count, string queue, string reason);

    [LoggerMessage(10007, LogLevel.Error, "A job of queue {Queue} cannot complete: it enqueued others, and these were not accepted: {Reason} It runs again when its lease ends.")]
    public static partial void ThenRefused(ILogger logger, string queue, string reason);

    [LoggerMessage(10008, LogLevel.Error, "A copy or a dead letter of a job of queue {Queue} was not stored: {Reason} It is tried again.")]
    public static partial void StoreRefused(ILogger logger, string queue, string reason);

    [LoggerMessage(10009, LogLevel.Warning, "Queue {Queue}: {Count} deliveries that no worker took could not be released; they come back when their lease ends. {Reason}")]
    public static partial void ReleaseFailed(ILogger logger, int count, string queue, string reason);

    [LoggerMessage(10010, LogLevel.Warning, "Delayed jobs of queue {Queue} cannot be looked after: {Reason} It is tried again.")]
    public static partial void PromoteInterrupted(ILogger logger, string queue, string reason);

    [LoggerMessage(10011, LogLevel.Information, "Queue {Queue} received a message again that is in hand here; the second is dropped.")]
    public static partial void DuplicateDropped(ILogger logger, string queue);

    [LoggerMessage(10012, LogLevel.Information, "Queue {Queue} received {Count} messages whose jobs are done, or were purged; they are deleted, not run.")]
    public static partial void DoneDropped(ILogger logger, string queue, int count);

    [LoggerMessage(10013, LogLevel.Warning, "A delivery of queue {Queue} has been held for almost 12 hours, the most that SQS allows: it is given up, and its job will run again.")]
    public static partial void HeldTooLong(ILogger logger, string queue);

    [LoggerMessage(10014, LogLevel.Warning, "Dead letters of queue {Queue} that were looked at cannot be shown again at once: {Reason} They come back by themselves within {Time}.")]
    public static partial void PutBackFailed(ILogger logger, string queue, string reason, TimeSpan time);
}
