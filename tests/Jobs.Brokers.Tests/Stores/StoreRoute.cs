using Jobs.Brokers.Conformance.Faults;

namespace Jobs.Brokers.Tests.Stores;

/// <summary>A way to broker and store, which can end for one process while others go on.</summary>
public sealed class StoreRoute : IAsyncDisposable
{
    private readonly StoreServers _servers;

    public StoreRoute(StoreServers servers)
    {
        _servers = servers;
        Broker = new TcpProxy(servers.Broker.EndPoint);
        Store = servers.Store == servers.Broker ? Broker : new TcpProxy(servers.Store.EndPoint);
    }

    public TcpProxy Broker { get; }

    /// <summary>The same as <see cref="Broker"/> if one server is both.</summary>
    public TcpProxy Store { get; }

    public Dictionary<string, string?> Configuration => _servers.ConfigurationOf(Broker.EndPoint, Store.EndPoint);

    /// <summary>Ends a way, as the death of the process would: nothing it still says is heard.</summary>
    public static void End(TcpProxy proxy)
    {
        proxy.Refuse();
        proxy.Cut();
    }

    /// <summary>Ends both.</summary>
    public void End()
    {
        End(Broker);
        End(Store);
    }

    public async ValueTask DisposeAsync()
    {
        await Broker.DisposeAsync();
        await Store.DisposeAsync();
    }
}
