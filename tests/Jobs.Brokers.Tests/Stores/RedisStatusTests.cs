using Jobs.Brokers.Conformance.Servers;

namespace Jobs.Brokers.Tests.Stores;

/// <summary>Broker and store on one Redis.</summary>
public sealed class RedisStatusTests : StatusTests
{
    private RedisServer _server = null!;

    protected override Dictionary<string, string?> Configuration => new() { ["Jobs:Broker"] = "redis", ["ConnectionStrings:jobs"] = _server.EndPoint.ToString() };

    public override async ValueTask InitializeAsync() => _server = await RedisServer.StartAsync(new RedisServerOptions { AppendOnly = false }, Token);

    protected override ValueTask EndServersAsync() => _server.DisposeAsync();
}
