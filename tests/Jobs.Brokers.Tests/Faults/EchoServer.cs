using System.Net;
using System.Net.Sockets;

namespace Jobs.Brokers.Tests.Faults;

/// <summary>Sends back what it receives, and knows how its connections ended.</summary>
internal sealed class EchoServer : IDisposable
{
    private readonly Socket _listener = new(AddressFamily.InterNetwork, SocketType.Stream, ProtocolType.Tcp);
    private readonly TaskCompletionSource _ended = new(TaskCreationOptions.RunContinuationsAsynchronously);

    public EchoServer()
    {
        _listener.Bind(new IPEndPoint(IPAddress.Loopback, 0));
        _listener.Listen();
        _ = AcceptAsync();
    }

    public EndPoint EndPoint => _listener.LocalEndPoint!;

    /// <summary>Ends when the first connection has ended.</summary>
    public Task Ended => _ended.Task;

    public void Dispose() => _listener.Dispose();

    private async Task AcceptAsync()
    {
        while (true)
        {
            _ = EchoAsync(await _listener.AcceptAsync());
        }
    }

    private async Task EchoAsync(Socket client)
    {
        var buffer = new byte[64 * 1024];
        try
        {
            while (await client.ReceiveAsync(buffer) is > 0 and var length)
            {
                await client.SendAsync(buffer.AsMemory(0, length));
            }
        }
        catch (SocketException)
        {
            // Cut.
        }

        client.Dispose();
        _ended.TrySetResult();
    }
}
