using Microsoft.Extensions.Logging;

namespace Jobs.Telemetry;

internal static partial class Log
{
    [LoggerMessage(4001, LogLevel.Warning, "The lease of job '{Job}' ({Id}) was lost; its token is cancelled, it runs elsewhere.")]
    public static partial void LeaseLost(ILogger logger, string job, JobId id);

    [LoggerMessage(4002, LogLevel.Error, "Renewing leases of queue {Queue} failed.")]
    public static partial void RenewFailed(ILogger logger, Exception error, string queue);

    [LoggerMessage(4003, LogLevel.Error, "The lease keeper failed in one tick; it goes on.")]
    public static partial void KeeperFailed(ILogger logger, Exception error);

    [LoggerMessage(4004, LogLevel.Error, "A callback of a job's cancelled token failed.")]
    public static partial void CancellationCallbackFailed(ILogger logger, Exception error);
}
