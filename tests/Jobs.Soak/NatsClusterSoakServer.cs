using Jobs.Brokers.Conformance.Servers;

namespace Jobs.Soak;

/// <summary>Three NATS in a cluster.</summary>
internal sealed class NatsClusterSoakServer(NatsCluster cluster) : SoakServer
{
    protected override IReadOnlyList<ServerProcess> Servers => cluster.Servers;

    public static async Task<SoakServer> StartAsync(CancellationToken cancellationToken) => new NatsClusterSoakServer(await NatsCluster.StartAsync("", cancellationToken));
}
