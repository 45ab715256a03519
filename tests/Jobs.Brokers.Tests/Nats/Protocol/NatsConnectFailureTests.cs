using Jobs.Brokers.Conformance.Servers;
using Jobs.Brokers.Nats.Protocol;

namespace Jobs.Brokers.Tests.Nats.Protocol;

public sealed class NatsConnectFailureTests
{
    private static CancellationToken Token => TestContext.Current.CancellationToken;

    [Theory]
    [InlineData("SSH-2.0-OpenSSH_9.6\r\n")]
    [InlineData("-NOAUTH Authentication required.\r\n")]
    [InlineData("HTTP/1.1 400 Bad Request\r\n\r\n")]
    [InlineData("PING\r\n")]
    [InlineData("INFO nonsense\r\n")]
    public async Task Another_kind_of_server_is_named(string greeting)
    {
        await using var server = new ScriptedNats(static _ => null, greeting);
        var error = await NatsClients.RefusedAsync(NatsClients.Options(server.EndPoint));

        Assert.Contains($"127.0.0.1:{server.EndPoint.Port} is not a NATS server", error, StringComparison.Ordinal);
        Assert.Contains("Check host and port", error, StringComparison.Ordinal);
    }

    [Fact]
    public async Task A_server_that_says_nothing_is_told_apart_from_one_that_is_not_there()
    {
        await using var server = new ScriptedNats(static _ => null, greeting: "");
        await using var client = NatsClients.Open(NatsClients.Options(server.EndPoint) with { ConnectTimeout = TimeSpan.FromMilliseconds(100) });

        await NatsClients.UntilAsync(() => client.Health.Error!.Contains("accepts connections, but did not greet", StringComparison.Ordinal));
        Assert.Equal(BrokerStatus.Reconnecting, client.Health.Status);
    }

    [Fact]
    public async Task The_port_for_other_servers_is_recognised()
    {
        await using var cluster = await NatsCluster.StartAsync(cancellationToken: Token);
        var error = await NatsClients.RefusedAsync(NatsClients.Options(cluster.Routes[0]));

        Assert.Contains("This port is for other servers", error, StringComparison.Ordinal);
    }

    [Fact]
    public async Task A_server_without_headers_is_refused()
    {
        await using var server = new ScriptedNats(ScriptedNats.Plain, "INFO {\"version\":\"2.1.0\"}\r\n");

        Assert.Contains("version 2.1.0 without headers", await NatsClients.RefusedAsync(NatsClients.Options(server.EndPoint)), StringComparison.Ordinal);
    }

    [Fact]
    public async Task A_reason_that_the_server_gives_is_passed_on()
    {
        await using var server = new ScriptedNats(static line => line.StartsWith("CONNECT", StringComparison.Ordinal) ? "-ERR 'maximum connections exceeded'\r\n" : null);
        await using var client = NatsClients.Open(NatsClients.Options(server.EndPoint));

        await NatsClients.UntilAsync(() => client.Health.Error!.Contains("maximum connections exceeded", StringComparison.Ordinal));
        Assert.Equal(BrokerStatus.Reconnecting, client.Health.Status);
    }

    [Fact]
    public async Task Nonsense_on_a_connection_ends_it_and_another_one_is_made()
    {
        var connections = 0;
        await using var server = new ScriptedNats(
            line => line.StartsWith("SUB", StringComparison.Ordinal) && Interlocked.Increment(ref connections) == 1 ? "MSG a 1 nonsense\r\n" : ScriptedNats.Plain(line));
        await using var client = await NatsClients.ConnectAsync(NatsClients.Options(server.EndPoint));

        await NatsClients.UntilAsync(() => client.Reconnects == 1);
        await client.FlushAsync(Token);
    }

    [Fact]
    public async Task An_error_that_ends_the_connection_is_its_reason()
    {
        await using var server = new ScriptedNats(static line => line.StartsWith("PUB", StringComparison.Ordinal) ? "-ERR 'Stale Connection'\r\n" : ScriptedNats.Plain(line));
        await using var client = await NatsClients.ConnectAsync(NatsClients.Options(server.EndPoint));
        var reasons = new Reasons();
        client.AddListener(reasons);
        client.Publish("a", "b");

        Assert.Equal("Stale Connection", (await reasons.First.Task.WaitAsync(NatsClients.Patience, TimeProvider.System, Token)).Message);
    }

    [Theory]
    [InlineData(1)]
    [InlineData(7)]
    public async Task Answers_may_come_in_pieces(int chunk)
    {
        await using var server = new ScriptedNats(
            static line => line.Split(' ') is ["PUB", "ask", var inbox, _] ? $"MSG {inbox} 1 5\r\nhello\r\n" : ScriptedNats.Plain(line), chunk: chunk);
        await using var client = await NatsClients.ConnectAsync(NatsClients.Options(server.EndPoint));

        Assert.Equal("hello", await client.AskAsync("ask", "x"));
    }

    [Fact]
    public async Task A_reply_to_nobody_is_dropped()
    {
        await using var server = new ScriptedNats(
            static line => line.Split(' ') is ["PUB", "ask", var inbox, _] ? $"MSG {inbox[..inbox.LastIndexOf('.')]}.123456 1 1\r\nx\r\nMSG other 1 1\r\nx\r\nMSG other 99 1\r\nx\r\nMSG {inbox} 1 2\r\nok\r\nMSG {inbox} 1 3\r\nnot\r\n" : ScriptedNats.Plain(line));
        await using var client = await NatsClients.ConnectAsync(NatsClients.Options(server.EndPoint));

        Assert.Equal("ok", await client.AskAsync("ask", "x"));
        Assert.Equal("ok", await client.AskAsync("ask", "x"));
        await client.FlushAsync(Token);
    }

    private sealed class Reasons : IConnectionListener
    {
        public TaskCompletionSource<Exception> First { get; } = new(TaskCreationOptions.RunContinuationsAsynchronously);

        public void OnConnected(NatsServerInfo server)
        {
        }

        public void OnDisconnected(Exception cause) => First.TrySetResult(cause);
    }
}
