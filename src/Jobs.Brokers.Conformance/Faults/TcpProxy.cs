using System.Net;
using System.Net.Sockets;

namespace Jobs.Brokers.Conformance.Faults;

/// <summary>A way to a server that can be cut, stalled, slowed and closed.</summary>
/// <remarks>Listens from the start. Safe for concurrent use.</remarks>
public sealed class TcpProxy : IAsyncDisposable
{
    private readonly ProxyLane _toServer = new();
    private readonly ProxyLane _toClient = new();
    private readonly Dictionary<ProxyConnection, Task> _connections = [];
    private readonly EndPoint _target;
    private Socket? _listener;
    private long _accepted;
    private long _delayTicks;

    /// <summary>Makes one.</summary>
    /// <param name="target">The server. It need not run yet.</param>
    /// <param name="endPoint">Where to listen; null: on a free port of the loopback address.</param>
    public TcpProxy(EndPoint target, IPEndPoint? endPoint = null)
    {
        ArgumentNullException.ThrowIfNull(target);
        _target = target;
        EndPoint = Listen(endPoint ?? new IPEndPoint(IPAddress.Loopback, 0));
    }

    /// <summary>Where clients connect to.</summary>
    public IPEndPoint EndPoint { get; }

    /// <summary>How many connections were accepted so far.</summary>
    public long Accepted => Interlocked.Read(ref _accepted);

    /// <summary>How many connections are open.</summary>
    public int Connections
    {
        get
        {
            lock (_connections)
            {
                return _connections.Count;
            }
        }
    }

    /// <summary>How long each byte is under way, in either direction, beyond what the network takes.</summary>
    public TimeSpan Delay
    {
        get => new(Interlocked.Read(ref _delayTicks));
        set => Interlocked.Exchange(ref _delayTicks, value.Ticks);
    }

    /// <summary>Resets all connections. New ones are accepted.</summary>
    public void Cut() => Each(static connection => connection.Reset());

    /// <summary>Lets so many bytes pass in one direction, counted over all connections, then cuts, once.</summary>
    public void CutAfter(long bytes, ProxyDirection direction)
    {
        ArgumentOutOfRangeException.ThrowIfNegative(bytes);
        Each(direction, lane => lane.CutAfter(bytes));
    }

    /// <summary>Holds the bytes of a direction, on present and new connections: all stay open, nothing arrives.</summary>
    public void Stall(ProxyDirection direction = ProxyDirection.Both) => Each(direction, static lane => lane.Stall());

    /// <summary>Takes back <see cref="Stall"/> and <see cref="Refuse"/>: what was held arrives, connections are accepted.</summary>
    public void Resume()
    {
        Each(ProxyDirection.Both, static lane => lane.Resume());
        lock (_connections)
        {
            if (_listener is null)
            {
                Listen(EndPoint);
            }
        }
    }

    /// <summary>Makes all connections half-open for good: the server sees them end, the client is told nothing. New ones work.</summary>
    public void HalfOpen() => Each(static connection => connection.HalfOpen());

    /// <summary>Refuses new connections until <see cref="Resume"/>. Present ones go on.</summary>
    public void Refuse()
    {
        lock (_connections)
        {
            if (_listener is not { } listener)
            {
                return;
            }

            _listener = null;
            try
            {
                // Disposing alone closes it only once its accept has noticed: until then connections would still succeed.
                listener.Shutdown(SocketShutdown.Both);
            }
            catch (SocketException)
            {
                // Not all systems know this of a socket that listens.
            }

            listener.Dispose();
        }
    }

    /// <summary>Resets all connections and listens no more.</summary>
    public async ValueTask DisposeAsync()
    {
        Refuse();
        Cut();
        Task[] running;
        lock (_connections)
        {
            running = [.. _connections.Values];
        }

        await Task.WhenAll(running).ConfigureAwait(false);
    }

    private IPEndPoint Listen(IPEndPoint endPoint)
    {
        var listener = new Socket(AddressFamily.InterNetwork, SocketType.Stream, ProtocolType.Tcp);
        listener.Bind(endPoint);
        listener.Listen();
        _listener = listener;
        _ = AcceptAsync(listener);
        return (IPEndPoint)listener.LocalEndPoint!;
    }

    private async Task AcceptAsync(Socket listener)
    {
        try
        {
            while (true)
            {
                var client = await listener.AcceptAsync().ConfigureAwait(false);
                lock (_connections)
                {
                    if (_listener != listener)
                    {
                        client.Dispose();
                        return;
                    }

                    Interlocked.Increment(ref _accepted);
                    var connection = new ProxyConnection(this, client, _toServer, _toClient);
                    _connections.Add(connection, Task.Run(() => ServeAsync(connection)));
                }
            }
        }
        catch (Exception e) when (e is SocketException or ObjectDisposedException)
        {
            // Refused, or disposed.
        }
    }

    private async Task ServeAsync(ProxyConnection connection)
    {
        await connection.RunAsync(_target).ConfigureAwait(false);
        lock (_connections)
        {
            _connections.Remove(connection);
        }

        connection.Dispose();
    }

    private void Each(Action<ProxyConnection> action)
    {
        ProxyConnection[] connections;
        lock (_connections)
        {
            connections = [.. _connections.Keys];
        }

        foreach (var connection in connections)
        {
            try
            {
                action(connection);
            }
            catch (Exception e) when (e is SocketException or ObjectDisposedException)
            {
                // It has just ended by itself.
            }
        }
    }

    private void Each(ProxyDirection direction, Action<ProxyLane> action)
    {
        if (direction.HasFlag(ProxyDirection.ToServer))
        {
            action(_toServer);
        }

        if (direction.HasFlag(ProxyDirection.ToClient))
        {
            action(_toClient);
        }
    }
}
