using Microsoft.Extensions.Logging;

namespace Jobs.Telemetry;

internal static partial class Log
{
    [LoggerMessage(1001, LogLevel.Debug, "The broker's answer for job '{Job}' ({Id}) was lost; sending it again with the same id in {Delay}.")]
    public static partial void EnqueueUnknown(ILogger logger, string job, JobId id, TimeSpan delay);

    [LoggerMessage(1002, LogLevel.Warning, "The record of the key {Key} was not written for job {Id}. The job takes its key when it starts, or the reservation expires.")]
    public static partial void KeyNotWritten(ILogger logger, Exception error, string key, JobId id);
}
