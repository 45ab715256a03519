using System.Collections.Concurrent;
using Jobs.Brokers.Redis.Protocol;

namespace Jobs.Brokers.Tests.Redis.Protocol;

public sealed class ScriptedServerTests
{
    private static CancellationToken Token => TestContext.Current.CancellationToken;

    [Theory]
    [InlineData(1)]
    [InlineData(2)]
    [InlineData(7)]
    public async Task Replies_may_come_in_pieces_of_any_size(int chunk)
    {
        await using var server = new ScriptedRedis(static command => command == "GET" ? "|1\r\n+ttl\r\n:1\r\n$6\r\na\r\nb\r\n\r\n" : ScriptedRedis.Plain(command), chunk);
        await using var client = await Clients.ConnectAsync(Clients.Options(server.EndPoint));

        Assert.All(await Task.WhenAll(Enumerable.Range(0, 50).Select(_ => client.AskAsync("GET"))), static value => Assert.Equal("a\r\nb\r\n", value));
    }

    [Fact]
    public async Task A_push_is_no_answer()
    {
        await using var server = new ScriptedRedis(static command => ">2\r\n+invalidate\r\n*0\r\n" + ScriptedRedis.Plain(command));
        await using var client = await Clients.ConnectAsync(Clients.Options(server.EndPoint));

        Assert.Equal("OK", await client.AskAsync("SET"));
        Assert.Equal("PONG", await client.AskAsync("PING"));
    }

    [Theory]
    [InlineData("ERR unknown command `HELLO`, with args beginning with: `3`,")]
    [InlineData("NOPROTO unsupported protocol version")]
    [InlineData("NOPERM this user has no permissions to run the 'hello' command")]
    public async Task A_server_without_HELLO_is_talked_to_in_the_older_version(string refusal)
    {
        var commands = new ConcurrentQueue<string>();
        await using var server = new ScriptedRedis(command =>
        {
            commands.Enqueue(command);
            return command.Split(' ')[0] switch
            {
                "HELLO" => $"-{refusal}\r\n",
                "CLIENT" when command == "CLIENT ID" => ":5\r\n",
                "ROLE" => "*3\r\n$6\r\nmaster\r\n:0\r\n*0\r\n",
                _ => ScriptedRedis.Plain(command),
            };
        });
        await using var client = await Clients.ConnectAsync(Clients.Options(server.EndPoint) with { User = "me", Password = "pw", ClientName = "n", Database = 2 });

        Assert.Equal(["HELLO 3 AUTH me pw", "AUTH me pw", "CLIENT SETNAME n", "CLIENT ID", "ROLE", "SELECT 2", "PING"], commands);
    }

    [Theory]
    [InlineData("PING", "-LOADING Redis is loading the dataset in memory\r\n")]
    [InlineData("PING", "-MASTERDOWN Link with MASTER is down\r\n")]
    [InlineData("HELLO", "-LOADING Redis is loading the dataset in memory\r\n")]
    [InlineData("HELLO", "-ERR max number of clients reached\r\n")]
    [InlineData("HELLO", "%2\r\n+mode\r\n+standalone\r\n+role\r\n+replica\r\n")]
    [InlineData("HELLO", "")]
    public async Task Scenario_24_a_server_that_is_not_ready_is_asked_again(string asked, string reply)
    {
        var times = 0;
        await using var server = new ScriptedRedis(command =>
            command.StartsWith(asked, StringComparison.Ordinal) && Interlocked.Increment(ref times) <= 3 ? reply : ScriptedRedis.Plain(command));
        await using var client = await Clients.ConnectAsync(Clients.Options(server.EndPoint));

        Assert.True(times > 3);
        Assert.Equal("OK", await client.AskAsync("SET"));
    }

    [Theory]
    [InlineData("nonsense\r\n")]
    [InlineData("$2147483647\r\n")]
    [InlineData("$1\r\nxyz")]
    public async Task A_server_that_talks_nonsense_is_left_and_nobody_waits_for_ever(string nonsense)
    {
        var times = 0;
        await using var server = new ScriptedRedis(command => command == "GET" && Interlocked.Increment(ref times) == 1 ? nonsense : ScriptedRedis.Plain(command));
        await using var client = await Clients.ConnectAsync(Clients.Options(server.EndPoint));
        var exception = await Assert.ThrowsAsync<RedisConnectionException>(() => client.AskAsync("GET"));

        Assert.True(exception.MayHaveRun);
        Assert.IsType<RedisProtocolException>(exception.InnerException);
        await Clients.UntilAsync(() => Task.FromResult(client.Reconnects == 1));
        Assert.Equal("OK", await client.AskAsync("GET"));
    }

    [Fact]
    public async Task A_script_that_is_forgotten_again_and_again_is_an_error_in_the_end()
    {
        await using var server = new ScriptedRedis(static command => command.StartsWith("EVAL", StringComparison.Ordinal) ? "-NOSCRIPT No matching script.\r\n" : ScriptedRedis.Plain(command));
        await using var client = await Clients.ConnectAsync(Clients.Options(server.EndPoint));
        var command = RespCommand.Rent(new RedisScript("s", "return 1"), 1).Key("k"u8);

        Assert.Equal(RedisErrorKind.NoScript, (await Assert.ThrowsAsync<RedisServerException>(async () => await client.ExecuteAsync(command, Token))).Kind);
        Assert.Equal("OK", await client.AskAsync("SET"));
    }

    [Fact]
    public async Task A_node_that_nobody_has_heard_of_is_connected_before_a_command_is_sent_on_to_it()
    {
        var asked = new ConcurrentQueue<string>();
        using var isAwaited = new ManualResetEventSlim();
        await using var other = new ScriptedRedis(command =>
        {
            asked.Enqueue(command);
            isAwaited.Wait(Clients.Patience);
            return command == "GET key" ? "$5\r\nthere\r\n" : ScriptedRedis.Plain(command);
        });
        ScriptedRedis known = null!;
        await using var created = known = new ScriptedRedis(command => command switch
        {
            "HELLO 3" => "%2\r\n+mode\r\n+cluster\r\n+role\r\n+master\r\n",
            "CLUSTER SLOTS" => $"*1\r\n*3\r\n:0\r\n:16383\r\n*2\r\n$0\r\n\r\n:{known.EndPoint.Port}\r\n",
            "GET key" => $"-ASK {RedisSlot.Of("key"u8)} 127.0.0.1:{other.EndPoint.Port}\r\n",
            _ => ScriptedRedis.Plain(command),
        });
        await using var client = await Clients.ConnectAsync(Clients.Options(known.EndPoint));

        var early = client.AskAsync("GET", "key");

        // Answered by the same node after the redirection: that has been followed, while the other one has yet to greet.
        Assert.Equal("PONG", await client.AskAsync("PING"));
        isAwaited.Set();
        Assert.Equal("there", await early);
        Assert.Equal("there", await client.AskAsync("GET", "key"));
        Assert.Equal(["HELLO 3", "PING", "ASKING", "GET key", "ASKING", "GET key"], asked);
    }

    [Fact]
    public async Task Nodes_that_send_a_command_to_each_other_do_not_do_so_for_ever()
    {
        ScriptedRedis first = null!;
        await using var second = new ScriptedRedis(command => Redirecting(command, first));
        await using var created = first = new ScriptedRedis(command => Redirecting(command, second));
        await using var client = await Clients.ConnectAsync(Clients.Options(first.EndPoint));

        Assert.Equal(RedisErrorKind.Unavailable, (await Assert.ThrowsAsync<RedisServerException>(() => client.AskAsync("GET", "key"))).Kind);

        static string? Redirecting(string command, ScriptedRedis other) => command switch
        {
            "HELLO 3" => "%2\r\n+mode\r\n+cluster\r\n+role\r\n+master\r\n",
            "CLUSTER SLOTS" => $"*1\r\n*3\r\n:0\r\n:16383\r\n*2\r\n$9\r\n127.0.0.1\r\n:{other.EndPoint.Port}\r\n",
            "GET key" => $"-MOVED {RedisSlot.Of("key"u8)} 127.0.0.1:{other.EndPoint.Port}\r\n",
            _ => ScriptedRedis.Plain(command),
        };
    }
}
