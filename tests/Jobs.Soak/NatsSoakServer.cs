using Jobs.Brokers.Conformance.Servers;

namespace Jobs.Soak;

/// <summary>A NATS that stands alone.</summary>
internal sealed class NatsSoakServer(NatsServer server) : SoakServer
{
    protected override IReadOnlyList<ServerProcess> Servers => [server];

    public static async Task<SoakServer> StartAsync(CancellationToken cancellationToken) => new NatsSoakServer(await NatsServer.StartAsync(null, cancellationToken));
}
