using System.Net.Sockets;
using Jobs.Testing;

namespace Jobs.Transport.Tests;

public sealed class ConnectionTests : IDisposable
{
    private readonly Loopback _loopback = new();
    private readonly Lines _lines = new();

    private static CancellationToken Token => TestContext.Current.CancellationToken;

    public void Dispose() => _loopback.Dispose();

    [Fact]
    public async Task Items_arrive_in_the_order_in_which_they_were_taken_and_answers_come_back()
    {
        var (connection, peer) = await OpenAsync(new TransportOptions());
        using var echo = peer;
        var echoing = EchoAsync(peer);
        for (var i = 0; i < 10_000; i++)
        {
            Assert.True(connection.TrySend($"{i}"));
        }

        Assert.Equal(Enumerable.Range(0, 10_000).Select(static i => $"{i}"), await _lines.TakeAsync(10_000));
        connection.Dispose();
        Assert.IsType<ObjectDisposedException>((await _lines.Closed).Cause);
        await echoing;
    }

    [Fact]
    public async Task A_peer_that_does_not_read_costs_no_more_than_the_limit_and_loses_nothing()
    {
        var options = new TransportOptions { PendingLimit = 10_000 };
        var (connection, peer) = await OpenAsync(options);
        using var silent = peer;
        var item = new string('x', 999);
        for (var i = 0; i < 20_000; i++)
        {
            Assert.True(connection.TrySend(item));
        }

        Assert.InRange(_lines.MostPending, 1, options.PendingLimit + 1_000);
        var echoing = EchoAsync(peer);
        Assert.All(await _lines.TakeAsync(20_000), answer => Assert.Equal(item, answer));
        Assert.InRange(_lines.MostPending, 1, options.PendingLimit + 1_000);
        connection.Dispose();
        await echoing;
    }

    [Fact]
    public async Task The_end_tells_what_was_handed_over_and_what_never_was()
    {
        var (connection, peer) = await OpenAsync(new TransportOptions { PendingLimit = 1_000_000 });
        var item = new string('x', 999_999);
        connection.TrySend("first");
        for (var i = 0; i < 40; i++)
        {
            connection.TrySend(item);
        }

        peer.Close(0);
        var (_, handedOver, waiting) = await _lines.Closed;
        Assert.InRange(handedOver, 1, 40);
        Assert.InRange(waiting.Length, 1, 40);
        Assert.False(connection.TrySend("late"));
    }

    [Fact]
    public async Task What_nobody_wants_any_more_is_not_sent()
    {
        var (connection, peer) = await OpenAsync(new TransportOptions());
        using var echo = peer;
        Assert.True(connection.TrySend(""));
        connection.TrySend("a");
        var echoing = EchoAsync(peer);

        Assert.Equal(["a"], await _lines.TakeAsync(1));
        connection.Dispose();
        Assert.Equal(1, (await _lines.Closed).HandedOver);
        await echoing;
    }

    [Fact]
    public async Task A_peer_that_closes_ends_the_connection()
    {
        var (_, peer) = await OpenAsync(new TransportOptions());
        peer.Dispose();

        Assert.IsType<EndOfStreamException>((await _lines.Closed).Cause);
    }

    [Fact]
    public async Task A_silent_peer_is_asked_and_given_up()
    {
        var time = new FakeTimeProvider();
        var (connection, peer) = await OpenAsync(new TransportOptions(), time);
        using var silent = peer;
        _lines.OnKeepAlive = () => connection.TrySend("?");
        var closed = _lines.Closed;
        var start = time.GetUtcNow();
        while (!closed.IsCompleted)
        {
            // The connection's own thread looks at the clock; until it has, more time only makes the peer more silent.
            time.Advance(TimeSpan.FromSeconds(1));
            await Task.Delay(TimeSpan.FromMilliseconds(1), TimeProvider.System, Token);
        }

        Assert.IsType<TimeoutException>((await closed).Cause);
        Assert.Equal(1, _lines.KeepAlives);
        Assert.True(time.GetUtcNow() - start >= TimeSpan.FromSeconds(15));
        var question = new byte[8];
        Assert.Equal(2, await peer.ReceiveAsync(question, Token));
    }

    [Fact]
    public async Task A_peer_that_stops_reading_is_given_up()
    {
        var (connection, peer) = await OpenAsync(new TransportOptions { DeadAfter = TimeSpan.FromMilliseconds(200), KeepAlive = TimeSpan.FromMilliseconds(100) });
        using var silent = peer;
        var item = new string('x', 1_000_000);
        for (var i = 0; i < 40; i++)
        {
            connection.TrySend(item);
        }

        Assert.NotNull((await _lines.Closed).Cause);
    }

    private async Task<(Connection<string> Connection, Socket Peer)> OpenAsync(TransportOptions options, TimeProvider? time = null)
    {
        var (wire, peer) = await _loopback.ConnectAsync();
        var connection = new Connection<string>(wire, new ReceiveBuffer(), _lines, options, time ?? TimeProvider.System);
        new Thread(() => connection.Run()) { IsBackground = true }.Start();
        return (connection, peer);
    }

    private static async Task EchoAsync(Socket peer)
    {
        var buffer = new byte[100_000];
        try
        {
            for (int count; (count = await peer.ReceiveAsync(buffer, Token)) > 0;)
            {
                for (var sent = 0; sent < count;)
                {
                    sent += await peer.SendAsync(buffer.AsMemory(sent, count - sent), Token);
                }
            }
        }
        catch (SocketException)
        {
            // The test has closed its end.
        }
    }
}
