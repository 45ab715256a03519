using Jobs.Brokers.Conformance.Servers;

namespace Jobs.Soak;

/// <summary>An emulator of SQS.</summary>
internal sealed class SqsSoakServer(SqsServer server) : SoakServer
{
    protected override IReadOnlyList<ServerProcess> Servers => [server];

    public static async Task<SoakServer> StartAsync(CancellationToken cancellationToken) => new SqsSoakServer(await SqsServer.StartAsync(null, cancellationToken));
}
