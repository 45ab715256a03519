using System.Net;
using Jobs.Brokers.Conformance.Servers;

namespace Jobs.Brokers.Tests.Stores;

/// <summary>A broker and a store on servers of their own, which the tests of one class share, each in a namespace of its own.</summary>
/// <param name="broker">The broker, as <c>Jobs:Broker</c> says it.</param>
/// <param name="store">The store. Of the same name: on the same server.</param>
public abstract class StoreServers(string broker, string store) : IAsyncLifetime
{
    public ServerProcess Broker { get; } = Create(broker);

    public ServerProcess Store { get; private set; } = null!;

    /// <summary>What a host is configured with.</summary>
    /// <param name="brokerAt">Where it finds the broker: the server, or a proxy.</param>
    /// <param name="storeAt">The same of the store.</param>
    public Dictionary<string, string?> ConfigurationOf(IPEndPoint brokerAt, IPEndPoint storeAt) => new()
    {
        ["Jobs:Broker"] = broker,
        ["Jobs:Store"] = broker == store ? null : store,
        [$"ConnectionStrings:jobs-{broker}"] = broker == "sqs" ? $"http://test:test@{brokerAt}?region=us-east-1" : brokerAt.ToString(),
        [$"ConnectionStrings:jobs-{store}"] = storeAt.ToString(),
    };

    public async ValueTask InitializeAsync()
    {
        Store = broker == store ? Broker : Create(store);
        await Broker.StartAsync();
        if (Store != Broker)
        {
            await Store.StartAsync();
        }
    }

    public async ValueTask DisposeAsync()
    {
        await Broker.DisposeAsync();
        await Store.DisposeAsync();
        GC.SuppressFinalize(this);
    }

    private static ServerProcess Create(string name) => name switch
    {
        "redis" => new RedisServer(new RedisServerOptions { AppendOnly = false }),
        "nats" => new NatsServer(),
        "sqs" => new SqsServer(new SqsServerOptions { Persists = false }),
        _ => throw new ArgumentOutOfRangeException(nameof(name), name, "There is no such server."),
    };

    public sealed class Redis() : StoreServers("redis", "redis");

    public sealed class RedisWithNats() : StoreServers("redis", "nats");

    public sealed class Nats() : StoreServers("nats", "nats");

    public sealed class NatsWithRedis() : StoreServers("nats", "redis");

    public sealed class SqsWithRedis() : StoreServers("sqs", "redis");

    public sealed class SqsWithNats() : StoreServers("sqs", "nats");
}
