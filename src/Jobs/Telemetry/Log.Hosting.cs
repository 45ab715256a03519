using Microsoft.Extensions.Logging;

namespace Jobs.Telemetry;

internal static partial class Log
{
    [LoggerMessage(6001, LogLevel.Warning, "The results of these jobs are dropped, because no store is configured ('Jobs:Store'): {Jobs}.")]
    public static partial void ResultsDropped(ILogger logger, string jobs);

    [LoggerMessage(6002, LogLevel.Warning, "The queues of broker {Broker} are not provisioned yet; trying again in {Delay}.")]
    public static partial void ProvisionFailed(ILogger logger, Exception error, string broker, TimeSpan delay);

    [LoggerMessage(6003, LogLevel.Warning, "Broker {Broker} did not answer within {Wait}; the host starts without it and keeps trying.")]
    public static partial void BrokerAwayAtStart(ILogger logger, string broker, TimeSpan wait);

    [LoggerMessage(6004, LogLevel.Information, "The queues of broker {Broker} are provisioned.")]
    public static partial void Provisioned(ILogger logger, string broker);

    [LoggerMessage(6005, LogLevel.Critical, "Broker {Broker} cannot be used as configured.")]
    public static partial void ProvisionRefused(ILogger logger, Exception error, string broker);

    [LoggerMessage(6006, LogLevel.Warning, "Store {Store} is within this process, but broker {Broker} is not: what one process stores no other sees, and it is lost with the process. Set 'Jobs:Store'.")]
    public static partial void StoreNotShared(ILogger logger, string store, string broker);

    [LoggerMessage(6007, LogLevel.Warning, "Store {Store} could not be made ready; the host starts without it, and the first call that needs it tries again: {Reason}")]
    public static partial void StoreAwayAtStart(ILogger logger, string store, string reason);

    [LoggerMessage(6008, LogLevel.Information, "The host was told to stop before it had started; no job is received.")]
    public static partial void StoppedAtStart(ILogger logger);
}
