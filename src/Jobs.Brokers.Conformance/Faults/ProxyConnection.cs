using System.Net.Sockets;

namespace Jobs.Brokers.Conformance.Faults;

/// <summary>One client's connection through a proxy.</summary>
internal sealed class ProxyConnection : IDisposable
{
    private readonly CancellationTokenSource _closed = new();
    private readonly Socket _client;
    private readonly Socket _server = new(AddressFamily.InterNetwork, SocketType.Stream, ProtocolType.Tcp) { NoDelay = true };
    private readonly ProxyPipe _toServer;
    private readonly ProxyPipe _toClient;

    public ProxyConnection(TcpProxy proxy, Socket client, ProxyLane toServer, ProxyLane toClient)
    {
        _client = client;
        _client.NoDelay = true;
        _toServer = new ProxyPipe(proxy, toServer, _client, _server);
        _toClient = new ProxyPipe(proxy, toClient, _server, _client);
    }

    /// <summary>Runs until the connection ends.</summary>
    public async Task RunAsync(System.Net.EndPoint target)
    {
        try
        {
            await _server.ConnectAsync(target, _closed.Token).ConfigureAwait(false);
            var both = new List<Task> { _toServer.RunAsync(_closed.Token), _toClient.RunAsync(_closed.Token) };
            while (both.Count > 0)
            {
                // The first failure ends the other direction too.
                var ended = await Task.WhenAny(both).ConfigureAwait(false);
                both.Remove(ended);
                await ended.ConfigureAwait(false);
            }
        }
        catch (Exception e) when (e is SocketException or OperationCanceledException or ObjectDisposedException)
        {
            // Either side, or the proxy, has ended it.
        }
        finally
        {
            Reset();
        }
    }

    /// <summary>Ends it with a reset on both sides.</summary>
    public void Reset()
    {
        _closed.Cancel();
        Reset(_client);
        Reset(_server);
    }

    /// <summary>Lets the server's side end; the client is told nothing, and what it sends goes nowhere.</summary>
    public void HalfOpen()
    {
        _toServer.Swallow();
        _toClient.Swallow();
        _server.Shutdown(SocketShutdown.Both);
    }

    public void Dispose()
    {
        Reset();
        _closed.Dispose();
    }

    private static void Reset(Socket socket)
    {
        try
        {
            socket.LingerState = new LingerOption(true, 0);
        }
        catch (Exception e) when (e is SocketException or ObjectDisposedException)
        {
            // It is closed already.
        }

        socket.Dispose();
    }
}
