using Microsoft.Extensions.Logging;

namespace Jobs.Telemetry;

internal static partial class Log
{
    [LoggerMessage(2001, LogLevel.Information, "Worker {Worker} started with {Concurrency} places on queues {Queues}.")]
    public static partial void WorkerStarted(ILogger logger, string worker, int concurrency, string queues);

    [LoggerMessage(2002, LogLevel.Information, "Worker {Worker} is stopping: {Running} jobs run, {Waiting} deliveries go back.")]
    public static partial void WorkerStopping(ILogger logger, string worker, int running, int waiting);

    [LoggerMessage(2003, LogLevel.Information, "Worker {Worker} stopped.")]
    public static partial void WorkerStopped(ILogger logger, string worker);

    [LoggerMessage(2004, LogLevel.Warning, "Worker {Worker} reached its drain timeout of {Timeout}; cancelling {Running} running jobs.")]
    public static partial void DrainTimedOut(ILogger logger, string worker, TimeSpan timeout, int running);

    [LoggerMessage(2005, LogLevel.Warning, "Queue {Queue} cannot be received from; trying again in {Delay}.")]
    public static partial void ReceiveFailed(ILogger logger, Exception error, string queue, TimeSpan delay);

    [LoggerMessage(2006, LogLevel.Information, "Queue {Queue} is received from again.")]
    public static partial void ReceiveRecovered(ILogger logger, string queue);

    [LoggerMessage(2007, LogLevel.Warning, "A worker lifecycle hook ({Hook}) failed while stopping.")]
    public static partial void LifecycleStopFailed(ILogger logger, Exception error, string hook);

    [LoggerMessage(2008, LogLevel.Warning, "The receiver of queue {Queue} failed while stopping.")]
    public static partial void ReceiverStopFailed(ILogger logger, Exception error, string queue);

    [LoggerMessage(2009, LogLevel.Warning, "The depth of queue {Queue} could not be read.")]
    public static partial void SampleFailed(ILogger logger, Exception error, string queue);
}
