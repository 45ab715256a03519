using System.Net;
using Jobs.Brokers.Conformance.Faults;
using Jobs.Brokers.Conformance.Servers;
using Jobs.Stores;
using Xunit;

namespace Jobs.Brokers.Conformance.Stores;

/// <summary>Tells the suite how to reach the store under test. One instance serves one class of checks.</summary>
/// <remarks>Safe for concurrent use after <see cref="InitializeAsync"/>.</remarks>
public abstract class StoreFixture : IAsyncLifetime
{
    /// <summary>The clock that the store goes by.</summary>
    /// <value>Default the system's.</value>
    public virtual TimeProvider Time => TimeProvider.System;

    /// <summary>The expiry of the checks: the shortest that a busy machine does not overtake.</summary>
    /// <value>Default 2 s.</value>
    public virtual TimeSpan Expiry => TimeSpan.FromSeconds(2);

    /// <summary>How long after its time an entry may still be there.</summary>
    /// <value>Default 500 ms.</value>
    public virtual TimeSpan Slack => TimeSpan.FromMilliseconds(500);

    /// <summary>How long, in real time, anything may take before a check gives up.</summary>
    /// <value>Default 30 s.</value>
    public virtual TimeSpan Patience => TimeSpan.FromSeconds(30);

    /// <summary>The server that the checks of this class share, or null.</summary>
    public ServerProcess? Server { get; private set; }

    /// <summary>Connects as another process would. Must not fail because the server is away.</summary>
    public abstract ValueTask<IJobStore> ConnectAsync(BrokerTarget target, CancellationToken cancellationToken);

    /// <summary>Makes a server that is not yet started, and keeps what it was told when it is killed; null if the store has none, or it is not ours to start.</summary>
    public virtual ServerProcess? CreateServer() => null;

    /// <summary>Puts a proxy before the server that keeps a namespace: <see cref="ConnectAsync"/> with its end point must reach that server in no other way.</summary>
    /// <returns>The proxy, which the check closes; null if the store has no server.</returns>
    public virtual ValueTask<TcpProxy?> OpenProxyAsync(BrokerTarget target, CancellationToken cancellationToken) =>
        new(Server is null ? null : new TcpProxy(Server.EndPoint));

    /// <summary>Lets time pass on <see cref="Time"/>. A fixture with a clock of its own moves it.</summary>
    public virtual Task PassAsync(TimeSpan span, CancellationToken cancellationToken) => Task.Delay(span, Time, cancellationToken);

    /// <summary>Starts the server.</summary>
    public virtual async ValueTask InitializeAsync()
    {
        Server = CreateServer();
        if (Server is not null)
        {
            await Server.StartAsync().ConfigureAwait(false);
        }
    }

    /// <summary>Ends the server.</summary>
    public virtual async ValueTask DisposeAsync()
    {
        if (Server is not null)
        {
            await Server.DisposeAsync().ConfigureAwait(false);
        }

        GC.SuppressFinalize(this);
    }
}
