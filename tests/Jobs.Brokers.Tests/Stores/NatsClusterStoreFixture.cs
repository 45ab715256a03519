using Jobs.Brokers.Conformance;
using Jobs.Brokers.Conformance.Faults;
using Jobs.Brokers.Conformance.Servers;
using Jobs.Brokers.Conformance.Stores;
using Jobs.Brokers.Nats;
using Jobs.Brokers.Nats.Stores;
using Jobs.Brokers.Tests.Nats.Scenarios;
using Jobs.Stores;

namespace Jobs.Brokers.Tests.Stores;

/// <summary>The NATS store on a cluster of three, all of which keep it. Its processes connect to one server each, by turns.</summary>
/// <remarks>Those behind a proxy do not listen to gossip, which names the servers themselves.</remarks>
public sealed class NatsClusterStoreFixture : StoreFixture
{
    private int _connected;
    private NatsOperator _operator = null!;

    public override TimeSpan Slack => TimeSpan.FromSeconds(1);

    public NatsCluster Cluster { get; private set; } = null!;

    public override async ValueTask InitializeAsync()
    {
        Cluster = await NatsCluster.StartAsync(cancellationToken: CancellationToken.None);
        _operator = new NatsOperator(Cluster);
        await base.InitializeAsync();
        await _operator.RestoreAsync();
    }

    public override async ValueTask DisposeAsync()
    {
        await base.DisposeAsync();
        await _operator.DisposeAsync();
        await Cluster.DisposeAsync();
    }

    public override ValueTask<TcpProxy?> OpenProxyAsync(BrokerTarget target, CancellationToken cancellationToken) => new(new TcpProxy(NextServer().EndPoint));

    public override ValueTask<IJobStore> ConnectAsync(BrokerTarget target, CancellationToken cancellationToken) =>
        new(Open(target.Server is { } proxy ? $"{proxy},gossip=false" : NextServer().EndPoint.ToString(), target.Namespace));

    /// <summary>Connects to one of the servers first.</summary>
    internal NatsStore Open(string @namespace, int server) => Open(Cluster.Servers[server].EndPoint.ToString(), @namespace);

    /// <summary>The server that leads the entries of a namespace.</summary>
    internal Task<NatsServer> LeaderAsync(string @namespace) => _operator.LeaderAsync(new StoreNames(@namespace).Stream);

    private static NatsStore Open(string servers, string @namespace) => NatsStoreFixture.Open(servers, @namespace, new NatsBrokerOptions { Replicas = 3 });

    private NatsServer NextServer() => Cluster.Servers[Interlocked.Increment(ref _connected) % Cluster.Servers.Count];
}
