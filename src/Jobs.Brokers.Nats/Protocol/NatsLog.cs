using Microsoft.Extensions.Logging;

namespace Jobs.Brokers.Nats.Protocol;

internal static partial class NatsLog
{
    [LoggerMessage(9901, LogLevel.Information, "Connected to NATS {Version} at {Server}.")]
    public static partial void Connected(ILogger logger, string version, string server);

    [LoggerMessage(9902, LogLevel.Warning, "There is no connection to NATS; trying again until there is. {Reason}")]
    public static partial void Disconnected(ILogger logger, string reason);

    [LoggerMessage(9903, LogLevel.Error, "NATS cannot be used until somebody changes something; trying again, slowly. {Reason}")]
    public static partial void MustBeMended(ILogger logger, string reason);

    [LoggerMessage(9904, LogLevel.Warning, "NATS refused something: {Error}")]
    public static partial void Refused(ILogger logger, string error);

    [LoggerMessage(9905, LogLevel.Information, "NATS at {Server} is about to stop; going elsewhere.")]
    public static partial void Leaving(ILogger logger, string server);

    [LoggerMessage(9906, LogLevel.Information, "NATS at {Server} is about to stop, and no other server is known; staying until it does.")]
    public static partial void NowhereToGo(ILogger logger, string server);

    [LoggerMessage(9907, LogLevel.Warning, "{Count} messages for NATS were not sent before the connection ended: {Reason}")]
    public static partial void NotSent(ILogger logger, int count, string reason);

    [LoggerMessage(9908, LogLevel.Error, "A message from NATS was not handled.")]
    public static partial void HandlerFailed(ILogger logger, Exception exception);

    [LoggerMessage(9910, LogLevel.Debug, "The connection to NATS could not be left in order: {Reason}")]
    public static partial void NotLeftInOrder(ILogger logger, string reason);

    [LoggerMessage(9909, LogLevel.Debug, "NATS named a server that is no address: {Url}")]
    public static partial void BadUrl(ILogger logger, string url);
}
