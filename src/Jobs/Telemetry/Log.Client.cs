using Microsoft.Extensions.Logging;

namespace Jobs.Telemetry;

internal static partial class Log
{
    [LoggerMessage(1001, LogLevel.Debug, "The broker's answer for job '{Job}' ({Id}) was lost; sending it again with the same id in {Delay}.")]
    public static partial void EnqueueUnknown(ILogger logger, string job, JobId id, TimeSpan delay);
}
