using Jobs.Brokers.Conformance.Faults;
using Jobs.Brokers.Conformance.Servers;
using Jobs.Brokers.Redis.Protocol;

namespace Jobs.Brokers.Tests.Redis.Protocol;

public sealed class BlockingConnectionTests : IAsyncLifetime
{
    private static readonly TimeSpan Long = TimeSpan.FromSeconds(10);

    private readonly RedisServer _server = new(new RedisServerOptions { AppendOnly = false });

    private static CancellationToken Token => TestContext.Current.CancellationToken;

    public async ValueTask InitializeAsync() => await _server.StartAsync(Token);

    public ValueTask DisposeAsync() => _server.DisposeAsync();

    [Fact]
    public async Task A_waiting_read_is_answered_when_something_comes()
    {
        await using var client = await Clients.ConnectAsync(Clients.Options(_server.EndPoint));
        await using var blocking = client.OpenBlocking("list"u8.ToArray());
        for (var i = 0; i < 20; i++)
        {
            var read = ReadAsync(blocking, Long);
            await BlockedAsync(client);
            await client.AskAsync("LPUSH", "list", $"{i}");
            Assert.Equal($"{i}", await read);
        }
    }

    [Fact]
    public async Task Several_commands_go_out_together_and_one_that_fails_takes_no_answer_from_the_others()
    {
        await using var client = await Clients.ConnectAsync(Clients.Options(_server.EndPoint));
        await using var blocking = client.OpenBlocking("list"u8.ToArray());
        var script = new RedisScript("one", "return 1");
        var replies = new RespReply[4];
        RespCommand[] commands = [Clients.Command("ECHO", "a"), Clients.Command("NONSENSE"), RespCommand.Rent(script, 1).Key("k"u8), Clients.Command("ECHO", "b")];

        for (var round = 0; round < 3; round++)
        {
            await Assert.ThrowsAsync<RedisServerException>(async () => await blocking.ExecuteAsync(commands, replies, TimeSpan.Zero));
            Assert.Equal("a", replies[0].GetReader().ReadString());
            Assert.Equal(1, replies[2].GetReader().ReadInteger());
            Assert.Equal("b", replies[3].GetReader().ReadString());

            // A server that forgets scripts is sent them again.
            await client.AskAsync("SCRIPT", "FLUSH");
        }
    }

    [Fact]
    public async Task Unblocking_ends_a_read_however_early_it_comes()
    {
        await using var client = await Clients.ConnectAsync(Clients.Options(_server.EndPoint));
        await using var blocking = client.OpenBlocking("list"u8.ToArray());
        await blocking.UnblockAsync(Token);
        for (var i = 0; i < 20; i++)
        {
            var read = ReadAsync(blocking, Long);
            await blocking.UnblockAsync(Token).AsTask().WaitAsync(Clients.Patience, TimeProvider.System, Token);
            Assert.Null(await read);
        }
    }

    [Fact]
    public async Task Scenario_21_a_read_on_a_half_open_connection_is_given_up_by_its_watchdog()
    {
        await using var proxy = new TcpProxy(_server.EndPoint);
        await using var client = await Clients.ConnectAsync(Clients.Options(proxy.EndPoint) with { BlockMargin = TimeSpan.FromMilliseconds(500) });
        await using var blocking = client.OpenBlocking("list"u8.ToArray());
        Assert.Null(await ReadAsync(blocking, TimeSpan.FromMilliseconds(10)));
        proxy.Stall();

        Assert.True((await Assert.ThrowsAsync<RedisConnectionException>(() => ReadAsync(blocking, TimeSpan.FromMilliseconds(10)))).MayHaveRun);
    }

    [Fact]
    public async Task Scenario_20_a_read_goes_on_after_each_restart()
    {
        await using var client = await Clients.ConnectAsync(Clients.Options(_server.EndPoint) with { ConnectTimeout = Clients.Patience });
        await using var blocking = client.OpenBlocking("list"u8.ToArray());
        for (var round = 0; round < 3; round++)
        {
            var read = ReadAsync(blocking, Long);
            await BlockedAsync(client);
            await _server.KillAsync(Token);
            Assert.True((await Assert.ThrowsAsync<RedisConnectionException>(() => read)).MayHaveRun);
            await Clients.UntilAsync(() => Task.FromResult(client.Health.Status == BrokerStatus.Reconnecting));

            // It waits until the shared connection knows a server again.
            var waiting = ReadAsync(blocking, Long);
            await _server.StartAsync(Token);
            await client.WaitAsync();
            await client.AskAsync("LPUSH", "list", "x");
            Assert.Equal("x", await waiting);
        }
    }

    [Fact]
    public async Task A_read_without_a_server_fails_unrun_and_can_be_unblocked_before()
    {
        await _server.StopAsync(Token);
        await using var client = Clients.Open(Clients.Options(_server.EndPoint));
        await using var blocking = client.OpenBlocking("list"u8.ToArray());
        var read = ReadAsync(blocking, Long);
        await blocking.UnblockAsync(Token).AsTask().WaitAsync(Clients.Patience, TimeProvider.System, Token);

        Assert.False((await Assert.ThrowsAsync<RedisConnectionException>(() => read)).MayHaveRun);
    }

    [Fact]
    public async Task Disposing_ends_a_read()
    {
        await using var client = await Clients.ConnectAsync(Clients.Options(_server.EndPoint));
        var blocking = client.OpenBlocking("list"u8.ToArray());
        var read = ReadAsync(blocking, Long);
        await BlockedAsync(client);
        await blocking.DisposeAsync();

        await Assert.ThrowsAsync<RedisConnectionException>(() => read);
        await Assert.ThrowsAsync<ObjectDisposedException>(() => ReadAsync(blocking, Long));
    }

    // Null if the time passed.
    private static async Task<string?> ReadAsync(IBlockingConnection connection, TimeSpan block)
    {
        RespCommand[] commands = [Clients.Command("BRPOP", "list", block.TotalSeconds.ToString(System.Globalization.CultureInfo.InvariantCulture))];
        var replies = new RespReply[1];
        await connection.ExecuteAsync(commands, replies, block).AsTask().WaitAsync(Clients.Patience, TimeProvider.System, Token);
        commands[0].Release();
        using (replies[0])
        {
            var reader = replies[0].GetReader();
            if (reader.ReadArray() == 0)
            {
                return null;
            }

            reader.Skip();
            return reader.ReadString();
        }
    }

    private static Task BlockedAsync(IRedisClient client) =>
        Clients.UntilAsync(async () => (await client.AskAsync("INFO", "clients")).Contains("blocked_clients:1", StringComparison.Ordinal));
}
