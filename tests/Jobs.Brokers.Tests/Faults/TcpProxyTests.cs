using System.Net.Sockets;
using Jobs.Brokers.Conformance.Faults;

namespace Jobs.Brokers.Tests.Faults;

public sealed class TcpProxyTests : IAsyncDisposable
{
    private static readonly TimeSpan Limit = TimeSpan.FromSeconds(10);

    private readonly EchoServer _server = new();
    private readonly TcpProxy _proxy;

    public TcpProxyTests() => _proxy = new TcpProxy(_server.EndPoint);

    private static CancellationToken Token => TestContext.Current.CancellationToken;

    [Fact]
    public async Task Bytes_pass_in_both_directions_and_an_end_is_passed_on()
    {
        using var client = await ConnectAsync();
        var sent = new byte[300_000];
        new Random(1).NextBytes(sent);

        var sending = SendAsync(client, sent);
        Assert.Equal(sent, await ReadAsync(client, sent.Length));
        await sending;

        client.Shutdown(SocketShutdown.Send);
        Assert.Equal(0, await client.ReceiveAsync(new byte[1], Token).AsTask().WaitAsync(Limit, TimeProvider.System, Token));
    }

    [Fact]
    public async Task A_cut_resets_what_is_open_and_lets_new_ones_in()
    {
        using var client = await ConnectAsync();
        await EchoAsync(client);

        _proxy.Cut();

        await Assert.ThrowsAsync<SocketException>(() => ReadAsync(client, 1));
        using var other = await ConnectAsync();
        await EchoAsync(other);
        Assert.Equal(2, _proxy.Accepted);
    }

    [Theory]
    [InlineData(ProxyDirection.ToServer)]
    [InlineData(ProxyDirection.ToClient)]
    public async Task A_cut_after_so_many_bytes_lets_exactly_those_pass(ProxyDirection direction)
    {
        using var client = await ConnectAsync();
        _proxy.CutAfter(5, direction);

        await SendAsync(client, new byte[100]);

        var received = 0;
        await Assert.ThrowsAsync<SocketException>(async () =>
        {
            while (true)
            {
                received += (await ReadAsync(client, 1)).Length;
            }
        });
        Assert.InRange(received, 0, 5);
        using var other = await ConnectAsync();
        await EchoAsync(other);
    }

    [Theory]
    [InlineData(ProxyDirection.ToServer)]
    [InlineData(ProxyDirection.ToClient)]
    [InlineData(ProxyDirection.Both)]
    public async Task A_stall_holds_everything_until_it_is_resumed(ProxyDirection direction)
    {
        using var client = await ConnectAsync();
        await EchoAsync(client);
        _proxy.Stall(direction);
        await SendAsync(client, [7]);
        var answer = ReadAsync(client, 1);

        await Task.WhenAny(answer, Task.Delay(TimeSpan.FromMilliseconds(50), TimeProvider.System, Token));
        Assert.False(answer.IsCompleted);
        Assert.Equal(1, _proxy.Connections);

        _proxy.Resume();
        Assert.Equal([7], await answer);
    }

    [Fact]
    public async Task A_half_open_connection_ends_for_the_server_alone()
    {
        using var client = await ConnectAsync();
        await EchoAsync(client);

        _proxy.HalfOpen();
        await _server.Ended.WaitAsync(Limit, TimeProvider.System, Token);

        var answer = ReadAsync(client, 1);
        await SendAsync(client, [1]);
        await Task.WhenAny(answer, Task.Delay(TimeSpan.FromMilliseconds(50), TimeProvider.System, Token));
        Assert.False(answer.IsCompleted);
        using var other = await ConnectAsync();
        await EchoAsync(other);
        _proxy.Cut();
        await Assert.ThrowsAsync<SocketException>(() => answer);
    }

    [Fact]
    public async Task A_delay_is_on_the_way_there_and_back_and_does_not_add_up()
    {
        using var client = await ConnectAsync();
        await EchoAsync(client);
        _proxy.Delay = TimeSpan.FromMilliseconds(50);
        var start = TimeProvider.System.GetTimestamp();

        for (var i = 0; i < 100; i++)
        {
            await SendAsync(client, [1]);
        }

        await ReadAsync(client, 100);
        Assert.InRange(TimeProvider.System.GetElapsedTime(start), TimeSpan.FromMilliseconds(99), TimeSpan.FromSeconds(5));
    }

    [Fact]
    public async Task Refused_connections_fail_at_once_and_present_ones_go_on()
    {
        using var client = await ConnectAsync();
        await EchoAsync(client);

        _proxy.Refuse();

        await Assert.ThrowsAsync<SocketException>(ConnectAsync);
        await EchoAsync(client);
        _proxy.Resume();
        using var other = await ConnectAsync();
        await EchoAsync(other);
    }

    [Fact]
    public async Task A_server_that_is_not_there_ends_the_connection()
    {
        _server.Dispose();

        // The reset may come before the client knows that it was connected.
        await Assert.ThrowsAsync<SocketException>(async () =>
        {
            using var client = await ConnectAsync();
            await ReadAsync(client, 1);
        });
    }

    public async ValueTask DisposeAsync()
    {
        await _proxy.DisposeAsync();
        _server.Dispose();
    }

    private static async Task SendAsync(Socket socket, byte[] bytes)
    {
        for (var sent = 0; sent < bytes.Length;)
        {
            sent += await socket.SendAsync(bytes.AsMemory(sent), Token);
        }
    }

    private static async Task<byte[]> ReadAsync(Socket socket, int length)
    {
        var bytes = new byte[length];
        for (var read = 0; read < length;)
        {
            var more = await socket.ReceiveAsync(bytes.AsMemory(read), Token).AsTask().WaitAsync(Limit, TimeProvider.System, Token);
            Assert.NotEqual(0, more);
            read += more;
        }

        return bytes;
    }

    private static async Task EchoAsync(Socket socket)
    {
        await SendAsync(socket, [42]);
        Assert.Equal([42], await ReadAsync(socket, 1));
    }

    private async Task<Socket> ConnectAsync()
    {
        var socket = new Socket(AddressFamily.InterNetwork, SocketType.Stream, ProtocolType.Tcp);
        await socket.ConnectAsync(_proxy.EndPoint, Token);
        return socket;
    }
}
