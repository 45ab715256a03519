using Jobs.Brokers.Conformance.Servers;
using Jobs.Brokers.Nats.JetStream;
using Jobs.Brokers.Nats.Protocol;
using Jobs.Brokers.Tests.Nats.Protocol;

namespace Jobs.Brokers.Tests.Nats.JetStream;

/// <summary>A server with JetStream that tests share; each takes names of its own.</summary>
public sealed class JetStreamFixture : IAsyncLifetime
{
    private readonly NatsServer _server = new();
    private int _names;

    internal INatsClient Client { get; private set; } = null!;

    internal JetStreamClient JetStream { get; private set; } = null!;

    public async ValueTask InitializeAsync()
    {
        await _server.StartAsync();
        Client = NatsClients.Open(NatsClients.Options(_server.EndPoint));
        JetStream = new JetStreamClient(Client, TimeProvider.System);
    }

    public async ValueTask DisposeAsync()
    {
        await Client.DisposeAsync();
        await _server.DisposeAsync();
    }

    /// <summary>A name that no other test has.</summary>
    public string NewName() => $"t{Interlocked.Increment(ref _names)}";
}
