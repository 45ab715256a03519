using Microsoft.Extensions.Logging;

namespace Jobs.Brokers.Redis.Protocol;

internal static partial class RedisLog
{
    [LoggerMessage(8901, LogLevel.Information, "Connected to Redis at {Server}.")]
    public static partial void Connected(ILogger logger, string server);

    [LoggerMessage(8902, LogLevel.Warning, "There is no connection to Redis; trying again until there is. {Reason}")]
    public static partial void Disconnected(ILogger logger, string reason);

    [LoggerMessage(8903, LogLevel.Error, "Redis cannot be used until somebody changes something; trying again, slowly. {Reason}")]
    public static partial void MustBeMended(ILogger logger, string reason);

    [LoggerMessage(8904, LogLevel.Debug, "The map of the Redis cluster could not be read from one of its nodes; another one is asked. {Reason}")]
    public static partial void ClusterNotRead(ILogger logger, string reason);
}
