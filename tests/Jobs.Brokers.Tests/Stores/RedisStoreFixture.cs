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

    internal static RedisStore Open(string server, string @namespace) => new(
        RedisClient.Open(RedisClientOptions.Parse(server) with { DeadAfter = DeadAfter, KeepAlive = DeadAfter / 2 }, TimeProvider.System, NullLogger.Instance),
        @namespace,
        TimeProvider.System,
        NullLogger.Instance);
}
