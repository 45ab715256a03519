using Jobs.Brokers.Conformance.Servers;

namespace Jobs.Brokers.Tests.Stores;

/// <summary>Broker and store on one NATS.</summary>
public sealed class NatsStatusTests : StatusTests
{
    private NatsServer _server = null!;

    protected override Dictionary<string, string?> Configuration => new() { ["Jobs:Broker"] = "nats", ["ConnectionStrings:jobs"] = _server.EndPoint.ToString() };

    public override async ValueTask InitializeAsync() => _server = await NatsServer.StartAsync(null, Token);

    protected override ValueTask EndServersAsync() => _server.DisposeAsync();
}
