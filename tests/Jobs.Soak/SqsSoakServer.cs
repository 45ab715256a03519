using System.Net;
using Jobs.Brokers.Conformance.Faults;
using Jobs.Brokers.Conformance.Servers;

namespace Jobs.Soak;

/// <summary>An emulator of SQS, whose answers get lost, come late, or say that it failed.</summary>
internal sealed class SqsSoakServer(SqsServer server, HttpFaultProxy faults) : SoakServer
{
    protected override IReadOnlyList<ServerProcess> Servers => [server];

    protected override IEnumerable<IPEndPoint> EndPoints => [faults.EndPoint];

    public static async Task<SoakServer> StartAsync(double faultRate, CancellationToken cancellationToken)
    {
        var server = await SqsServer.StartAsync(null, cancellationToken);
        return new SqsSoakServer(server, new HttpFaultProxy(server.Url) { Rate = faultRate });
    }

    public override async ValueTask DisposeAsync()
    {
        await base.DisposeAsync();
        await faults.DisposeAsync();
    }
}
