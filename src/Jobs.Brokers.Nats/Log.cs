using Microsoft.Extensions.Logging;

namespace Jobs.Brokers.Nats;

/// <summary>The log messages of the NATS broker. Event ids are stable, never reused, and begin with 9; those from 9900 on are the connection's.</summary>
internal static partial class Log
{
    [LoggerMessage(9001, LogLevel.Warning, "The streams of namespace {Namespace} cannot be looked at yet: {Reason} It is tried again.")]
    public static partial void ProvisionInterrupted(ILogger logger, string @namespace, string reason);

    [LoggerMessage(9002, LogLevel.Warning, "NATS runs as a cluster, but the streams of Jobs are kept by one server each: while it is away they stand still, and if its disk is lost they are. Set Jobs:Nats:Replicas to 3.")]
    public static partial void NotReplicated(ILogger logger);

    [LoggerMessage(9003, LogLevel.Information, "{Kind} {Name} has been changed: it {Differences}.")]
    public static partial void Changed(ILogger logger, string kind, string name, string differences);
}
