using Microsoft.Extensions.Logging;

namespace Jobs.Telemetry;

internal static partial class Log
{
    [LoggerMessage(5001, LogLevel.Warning, "Queue {Queue}: settling {Count} deliveries failed; they come back when their leases end.")]
    public static partial void SettleFailed(ILogger logger, Exception error, string queue, int count);

    [LoggerMessage(5002, LogLevel.Warning, "Job '{Job}' ({Id}) ended as {Kind}, but its lease was lost before that was settled; it runs again.")]
    public static partial void SettledTooLate(ILogger logger, string job, JobId id, string kind);

    [LoggerMessage(5003, LogLevel.Warning, "Nobody knows whether job '{Job}' ({Id}) was settled as {Kind}: the broker's answer was lost. It may run again.")]
    public static partial void SettleUnknown(ILogger logger, string job, JobId id, string kind);
}
