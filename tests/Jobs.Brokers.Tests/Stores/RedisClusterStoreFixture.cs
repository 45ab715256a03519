using Jobs.Brokers.Conformance;
using Jobs.Brokers.Conformance.Stores;
using Jobs.Brokers.Redis.Stores;
using Jobs.Brokers.Tests.Redis.Protocol;
using Jobs.Stores;

namespace Jobs.Brokers.Tests.Stores;

/// <summary>The Redis store on a cluster of three. Each namespace lives on one of them, which the client finds.</summary>
/// <remarks>Clients learn where the nodes are from these themselves, so that no proxy stands between: what happens when nodes go is for the scenarios.</remarks>
public sealed class RedisClusterStoreFixture : StoreFixture
{
    public LocalCluster Cluster { get; } = new();

    public override async ValueTask InitializeAsync()
    {
        await Cluster.InitializeAsync();
        await base.InitializeAsync();
    }

    public override async ValueTask DisposeAsync()
    {
        await base.DisposeAsync();
        await Cluster.DisposeAsync();
    }

    public override ValueTask<IJobStore> ConnectAsync(BrokerTarget target, CancellationToken cancellationToken) => new(Open(target.Namespace));

    internal RedisStore Open(string @namespace) => RedisStoreFixture.Open(Cluster.Nodes[0].EndPoint.ToString(), @namespace);
}
