using Jobs.Brokers.Conformance;
using Jobs.Brokers.Conformance.Servers;
using Jobs.Brokers.Conformance.Stores;
using Jobs.Brokers.Redis.Protocol;
using Jobs.Brokers.Redis.Stores;
using Jobs.Stores;
using Microsoft.Extensions.Logging.Abstractions;

namespace Jobs.Brokers.Tests.Stores;

/// <summary>The Redis store on a server of its own.</summary>
public sealed class RedisStoreFixture : StoreFixture
{
    private static readonly TimeSpan DeadAfter = TimeSpan.FromSeconds(4);

    public override ServerProcess CreateServer() => new RedisServer(new RedisServerOptions { AppendFsync = "always" });

    public override ValueTask<IJobStore> ConnectAsync(BrokerTarget target, CancellationToken cancellationToken) => new(Open(target.Server!.ToString()!, target.Namespace));

    /// <param name="server">Where it is.</param>
    /// <param name="namespace">The store's.</param>
    /// <param name="deadAfter">After how long without a word a connection is given up; what listens looks around twice in that time.</param>
    internal static RedisStore Open(string server, string @namespace, TimeSpan? deadAfter = null) => new(
        RedisClient.Open(
            RedisClientOptions.Parse(server) with { DeadAfter = deadAfter ?? DeadAfter, KeepAlive = (deadAfter ?? DeadAfter) / 2 },
            TimeProvider.System,
            NullLogger.Instance),
        @namespace,
        TimeProvider.System,
        NullLogger.Instance);
}
