using Microsoft.Extensions.Logging;

namespace Jobs.Brokers.Redis.Protocol;

/// <summary>A RESP client: one server, Sentinel, or a cluster.</summary>
internal static class RedisClient
{
    /// <summary>Makes a client, which begins to connect at once.</summary>
    public static IRedisClient Open(RedisClientOptions options, TimeProvider time, ILogger logger) =>
        new RoutingClient(options.ServiceName is null ? new KnownServers(options.Servers) : new SentinelServers(options, time), options, time, logger);
}
