using System.Net;
using Jobs.Brokers.Conformance;
using Jobs.Brokers.Conformance.Faults;
using Jobs.Brokers.Conformance.Stores;
using Jobs.Brokers.Redis.Protocol;
using Jobs.Brokers.Redis.Stores;
using Jobs.Brokers.Tests.Redis.Protocol;
using Jobs.Stores;

namespace Jobs.Brokers.Tests.Stores;

/// <summary>The Redis store on a cluster of three. Each namespace lives on one of them, which the client finds.</summary>
/// <remarks>The nodes tell clients ports without hosts. So who comes to the address of the proxies, which listen on the same ports, has no other way to any node.
/// Servers before 7.0 always tell hosts: there is no way that could be cut.</remarks>
public sealed class RedisClusterStoreFixture : StoreFixture
{
    private static readonly IPAddress Proxied = IPAddress.Parse("127.0.0.2");

    private TcpProxy[] _proxies = [];

    public LocalCluster Cluster { get; } = new() { TellsHosts = false };

    public override async ValueTask InitializeAsync()
    {
        await Cluster.InitializeAsync();
        await base.InitializeAsync();
    }

    public override async ValueTask DisposeAsync()
    {
        await CloseProxiesAsync();
        await base.DisposeAsync();
        await Cluster.DisposeAsync();
    }

    public override async ValueTask<TcpProxy?> OpenProxyAsync(BrokerTarget target, CancellationToken cancellationToken)
    {
        await CloseProxiesAsync();
        if (Cluster.TellsHosts)
        {
            return null;
        }

        _proxies = [.. Cluster.Nodes.Select(static node => new TcpProxy(node.EndPoint, new IPEndPoint(Proxied, node.EndPoint.Port)))];
        return _proxies[Cluster.Nodes.IndexOf(Cluster.Owner(RedisSlot.Of(new StoreKeys(target.Namespace).Version)))];
    }

    public override ValueTask<IJobStore> ConnectAsync(BrokerTarget target, CancellationToken cancellationToken) =>
        new(RedisStoreFixture.Open((target.Server ?? Cluster.Nodes[0].EndPoint).ToString(), target.Namespace));

    internal RedisStore Open(string @namespace, TimeSpan? deadAfter = null) => RedisStoreFixture.Open(Cluster.Nodes[0].EndPoint.ToString(), @namespace, deadAfter);

    private async Task CloseProxiesAsync()
    {
        foreach (var proxy in _proxies)
        {
            await proxy.DisposeAsync();
        }
    }
}
