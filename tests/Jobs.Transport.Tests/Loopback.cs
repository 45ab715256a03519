using System.Net;
using System.Net.Sockets;

namespace Jobs.Transport.Tests;

/// <summary>A listener of the test, and connections to it.</summary>
internal sealed class Loopback : IDisposable
{
    // Reached only by a test that fails.
    public static TimeSpan Patience { get; } = TimeSpan.FromSeconds(20);

    private readonly TcpListener _listener = new(IPAddress.Loopback, 0);

    public Loopback() => _listener.Start();

    public DnsEndPoint Server => new("127.0.0.1", ((IPEndPoint)_listener.LocalEndpoint).Port);

    /// <summary>Both ends of a new connection.</summary>
    public async Task<(Wire Client, Socket Peer)> ConnectAsync()
    {
        var accepted = AcceptAsync();
        using var deadline = new Deadline(Patience, TimeProvider.System);
        var wire = Dialer.Dial(Server, new TransportOptions(), deadline);
        return (wire, await accepted);
    }

    public async Task<Socket> AcceptAsync() => await _listener.AcceptSocketAsync(TestContext.Current.CancellationToken);

    public void Dispose() => _listener.Dispose();
}
