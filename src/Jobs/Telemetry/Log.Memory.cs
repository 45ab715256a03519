using Microsoft.Extensions.Logging;

namespace Jobs.Telemetry;

internal static partial class Log
{
    [LoggerMessage(7001, LogLevel.Error, "The memory broker failed to promote due jobs of queue {Queue}; it tries again.")]
    public static partial void MemoryPromotionFailed(ILogger logger, Exception error, string queue);
}
