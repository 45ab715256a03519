using Jobs.Brokers.Conformance.Faults;
using Jobs.Brokers.Conformance.Servers;
using Jobs.Brokers.Redis.Protocol;

namespace Jobs.Brokers.Tests.Redis.Protocol;

public sealed class RedisClientTests : IAsyncLifetime
{
    private readonly RedisServer _server = new(new RedisServerOptions { AppendOnly = false });

    private static CancellationToken Token => TestContext.Current.CancellationToken;

    public async ValueTask InitializeAsync() => await _server.StartAsync(Token);

    public ValueTask DisposeAsync() => _server.DisposeAsync();

    [Theory]
    [InlineData(2)]
    [InlineData(3)]
    public async Task Commands_are_answered_in_both_versions_of_the_protocol(int version)
    {
        await using var client = await Clients.ConnectAsync(Clients.Options(_server.EndPoint) with { ProtocolVersion = version, ClientName = "me", Database = 3 });

        Assert.Equal("OK", await client.AskAsync("SET", "key", "välue"));
        Assert.Equal("välue", await client.AskAsync("GET", "key"));
        Assert.Equal("", await client.AskAsync("GET", "none"));
        Assert.Equal("me", await client.AskAsync("CLIENT", "GETNAME"));
        using var hello = await client.SendAsync(Clients.Command("HELLO"), Token);
        Assert.Equal(version == 3, hello.GetReader().IsMap);
        Assert.Contains("db=3", await client.AskAsync("CLIENT", "INFO"), StringComparison.Ordinal);
        Assert.Equal(BrokerStatus.Connected, client.Health.Status);
        Assert.Equal(0, client.Reconnects);
    }

    [Fact]
    public async Task An_error_reply_is_thrown_with_its_kind_and_the_connection_goes_on()
    {
        await using var client = await Clients.ConnectAsync(Clients.Options(_server.EndPoint));
        await client.AskAsync("SET", "text", "x");

        Assert.Equal(RedisErrorKind.WrongType, (await Assert.ThrowsAsync<RedisServerException>(() => client.AskAsync("LPUSH", "text", "1"))).Kind);
        Assert.Equal("x", await client.AskAsync("GET", "text"));
    }

    [Fact]
    public async Task Scenario_24_a_full_server_says_so_to_commands_and_scripts()
    {
        await using var client = await Clients.ConnectAsync(Clients.Options(_server.EndPoint));
        await _server.CommandAsync("CONFIG SET maxmemory 1", Token);

        Assert.Equal(RedisErrorKind.OutOfMemory, (await Assert.ThrowsAsync<RedisServerException>(() => client.AskAsync("SET", "a", "b"))).Kind);
        var script = new RedisScript("set", "return redis.call('SET', KEYS[1], 'x')");
        Assert.Equal(RedisErrorKind.OutOfMemory, (await Assert.ThrowsAsync<RedisServerException>(() => Run(client, script, 1))).Kind);
        await _server.CommandAsync("CONFIG SET maxmemory 0", Token);
        Assert.Equal("OK", await client.AskAsync("SET", "a", "b"));
    }

    [Fact]
    public async Task Many_callers_at_once_each_get_their_own_answer_and_one_caller_keeps_its_order()
    {
        await using var client = await Clients.ConnectAsync(Clients.Options(_server.EndPoint));
        await Parallel.ForAsync(0, 16, Token, async (caller, _) =>
        {
            var sent = new List<Task<string>>();
            for (var i = 0; i < 500; i++)
            {
                sent.Add(client.AskAsync("APPEND", $"list:{caller}", $"{i},"));
                sent.Add(client.AskAsync("ECHO", $"{caller}/{i}"));
            }

            var answers = await Task.WhenAll(sent);
            Assert.Equal(Enumerable.Range(0, 500).Select(i => $"{caller}/{i}"), answers.Where(static (_, i) => i % 2 == 1));
        });

        for (var caller = 0; caller < 16; caller++)
        {
            Assert.Equal(string.Concat(Enumerable.Range(0, 500).Select(static i => $"{i},")), await client.AskAsync("GET", $"list:{caller}"));
        }
    }

    [Fact]
    public async Task Large_values_come_and_go_whole()
    {
        await using var client = await Clients.ConnectAsync(Clients.Options(_server.EndPoint) with { PendingLimit = 64 * 1024 });
        var value = string.Concat(Enumerable.Range(0, 700_000).Select(static i => (char)('a' + (i % 26))));
        var writes = Enumerable.Range(0, 8).Select(i => client.AskAsync("SET", $"large:{i}", value)).ToArray();

        await Task.WhenAll(writes);
        var reads = await Task.WhenAll(Enumerable.Range(0, 8).Select(i => client.AskAsync("GET", $"large:{i}")));
        Assert.All(reads, read => Assert.Equal(value, read));
    }

    [Fact]
    public async Task A_synchronous_call_needs_no_thread_of_the_pool_and_gives_up_in_time()
    {
        await using var client = await Clients.ConnectAsync(Clients.Options(_server.EndPoint));
        var ping = Clients.Command("PING");
        using (var reply = client.Execute(ping, Clients.Patience))
        {
            Assert.Equal("PONG", reply.GetReader().ReadString());
        }

        await _server.PauseAsync(Token);
        Assert.Throws<TimeoutException>(() => client.Execute(ping, TimeSpan.FromMilliseconds(20)));
        await _server.ResumeAsync(Token);

        // The late answer belongs to nobody: what is asked next gets its own.
        Assert.Equal("next", await client.AskAsync("ECHO", "next"));
        ping.Release();
    }

    [Fact]
    public async Task Cancelling_ends_the_wait_alone()
    {
        await using var client = await Clients.ConnectAsync(Clients.Options(_server.EndPoint));
        await _server.PauseAsync(Token);
        using var cancel = new CancellationTokenSource();
        var command = Clients.Command("INCR", "cancelled");
        var cancelled = client.ExecuteAsync(command, cancel.Token).AsTask();
        await cancel.CancelAsync();

        Assert.Equal(cancel.Token, (await Assert.ThrowsAsync<OperationCanceledException>(() => cancelled)).CancellationToken);
        command.Release();
        await Assert.ThrowsAnyAsync<OperationCanceledException>(async () => await client.ExecuteAsync(Clients.Command("PING"), cancel.Token));
        await _server.ResumeAsync(Token);
        Assert.Equal("1", await client.AskAsync("GET", "cancelled"));
    }

    [Fact]
    public async Task Scripts_run_by_hash_and_survive_a_server_that_forgets_them()
    {
        await using var client = await Clients.ConnectAsync(Clients.Options(_server.EndPoint));
        var script = new RedisScript("append", "return redis.call('APPEND', KEYS[1], ARGV[1])");
        await Task.WhenAll(Enumerable.Range(0, 100).Select(i => Run(client, script, i)));
        Assert.Equal(string.Concat(Enumerable.Range(0, 100).Select(static i => $"{i},")), await client.AskAsync("GET", "scripted"));

        await client.AskAsync("SCRIPT", "FLUSH");
        await Task.WhenAll(Enumerable.Range(0, 100).Select(i => Run(client, script, i)));
        Assert.Equal(2 * 290, (await client.AskAsync("GET", "scripted")).Length);
    }

    [Fact]
    public async Task Nothing_that_comes_unasked_is_taken_for_an_answer()
    {
        await using var client = await Clients.ConnectAsync(Clients.Options(_server.EndPoint));
        using (await client.ExecuteAsync(Clients.Command("CLIENT", "TRACKING", "on"), Token))
        {
        }

        await client.AskAsync("GET", "tracked");
        await using var other = await Clients.ConnectAsync(Clients.Options(_server.EndPoint));
        for (var i = 0; i < 10; i++)
        {
            await other.AskAsync("SET", "tracked", $"{i}");
            Assert.Equal($"{i}", await client.AskAsync("GET", "tracked"));
        }
    }

    [Fact]
    public async Task Commands_in_flight_fail_when_the_connection_ends_and_those_after_it_at_once()
    {
        await using var proxy = new TcpProxy(_server.EndPoint);
        await using var client = await Clients.ConnectAsync(Clients.Options(proxy.EndPoint) with { ConnectTimeout = TimeSpan.FromMilliseconds(500) });
        proxy.Stall();
        var inFlight = client.AskAsync("PING");
        proxy.Refuse();

        Assert.True((await Assert.ThrowsAsync<RedisConnectionException>(() => inFlight)).MayHaveRun);
        await Clients.UntilAsync(() => Task.FromResult(client.Health.Status == BrokerStatus.Reconnecting));
        Assert.False((await Assert.ThrowsAsync<RedisConnectionException>(() => client.AskAsync("PING"))).MayHaveRun);
        Assert.Throws<RedisConnectionException>(() => client.Execute(Clients.Command("PING"), Clients.Patience));

        proxy.Resume();
        await client.WaitAsync();
        Assert.Equal("PONG", await client.AskAsync("PING"));
        Assert.True(client.Reconnects > 0);
    }

    [Fact]
    public async Task Scenario_20_a_restarted_server_is_found_again_each_time()
    {
        await using var client = await Clients.ConnectAsync(Clients.Options(_server.EndPoint));
        for (var round = 1; round <= 5; round++)
        {
            await (round % 2 == 0 ? _server.StopAsync(Token) : _server.KillAsync(Token));
            await Clients.UntilAsync(() => Task.FromResult(client.Health.Status == BrokerStatus.Reconnecting));
            await _server.StartAsync(Token);
            await client.WaitAsync();
            await client.AskAsync("SET", "round", $"{round}");
            Assert.Equal(round, client.Reconnects);
        }
    }

    [Fact]
    public async Task Scenario_34_a_server_that_is_down_at_first_is_awaited()
    {
        await _server.StopAsync(Token);
        await using var client = Clients.Open(Clients.Options(_server.EndPoint));
        var connected = client.WaitAsync();
        Assert.False((await Assert.ThrowsAsync<RedisConnectionException>(() => client.AskAsync("PING"))).MayHaveRun);

        await _server.StartAsync(Token);
        await connected;
        Assert.Equal("PONG", await client.AskAsync("PING"));
    }

    [Fact]
    public async Task Scenario_21_a_server_that_stands_still_is_given_up_and_found_again()
    {
        await using var client = await Clients.ConnectAsync(Clients.Options(_server.EndPoint) with
        {
            KeepAlive = TimeSpan.FromMilliseconds(200),
            DeadAfter = TimeSpan.FromMilliseconds(400),
            ConnectTimeout = TimeSpan.FromMilliseconds(400),
        });
        await _server.PauseAsync(Token);

        // Nothing is asked: the client notices by itself.
        await Clients.UntilAsync(() => Task.FromResult(client.Health.Status == BrokerStatus.Reconnecting));
        await _server.ResumeAsync(Token);
        await client.WaitAsync();
        Assert.Equal("PONG", await client.AskAsync("PING"));
    }

    [Fact]
    public async Task Whoever_disposes_a_client_leaves_nobody_waiting()
    {
        var client = await Clients.ConnectAsync(Clients.Options(_server.EndPoint));
        await _server.PauseAsync(Token);
        var inFlight = client.AskAsync("PING");
        await client.DisposeAsync();
        await _server.ResumeAsync(Token);

        await Assert.ThrowsAsync<RedisConnectionException>(() => inFlight);
        await Assert.ThrowsAsync<ObjectDisposedException>(client.WaitAsync);
        await Assert.ThrowsAsync<RedisConnectionException>(() => client.AskAsync("PING"));
    }

    private static async Task Run(IRedisClient client, RedisScript script, int i)
    {
        var command = RespCommand.Rent(script, 1).Key("scripted"u8).Add($"{i},");
        (await client.ExecuteAsync(command, Token)).Dispose();
        command.Release();
    }
}
