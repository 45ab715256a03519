using System.Net;
using System.Net.Sockets;
using System.Text;
using Jobs.Brokers.Conformance.Servers;
using Jobs.Brokers.Redis.Protocol;

namespace Jobs.Brokers.Tests.Redis.Protocol;

public sealed class ConnectFailureTests : IAsyncLifetime
{
    private readonly RedisServer _server = new(new RedisServerOptions { AppendOnly = false, Password = "right" });

    private static CancellationToken Token => TestContext.Current.CancellationToken;

    private RedisClientOptions Options => Clients.Options(_server.EndPoint);

    public async ValueTask InitializeAsync() => await _server.StartAsync(Token);

    public ValueTask DisposeAsync() => _server.DisposeAsync();

    [Theory]
    [InlineData(2)]
    [InlineData(3)]
    public async Task The_right_password_is_taken(int version)
    {
        await using var client = await Clients.ConnectAsync(Options with { Password = "right", ProtocolVersion = version });

        Assert.Equal("PONG", await client.AskAsync("PING"));
    }

    [Theory]
    [InlineData(2)]
    [InlineData(3)]
    public async Task A_wrong_password_names_its_setting_and_shows_no_password(int version)
    {
        var error = await RefusedAsync(Options with { Password = "secret", ProtocolVersion = version });

        Assert.Contains("'password' in the connection string", error, StringComparison.Ordinal);
        Assert.DoesNotContain("secret", error, StringComparison.Ordinal);
    }

    [Theory]
    [InlineData(2)]
    [InlineData(3)]
    public async Task A_missing_password_names_its_setting(int version) =>
        Assert.Contains("set 'password'", await RefusedAsync(Options with { ProtocolVersion = version }), StringComparison.Ordinal);

    [Fact]
    public async Task A_user_of_the_ACL_needs_no_more_than_its_commands()
    {
        await _server.CommandAsync("ACL SETUSER worker on >pw ~* +get +set", Token);
        await using var client = await Clients.ConnectAsync(Options with { User = "worker", Password = "pw", ClientName = "x" });
        Assert.Equal("OK", await client.AskAsync("SET", "a", "1"));
        Assert.Equal(RedisErrorKind.NoPermission, (await Assert.ThrowsAsync<RedisServerException>(() => client.AskAsync("DEL", "a"))).Kind);

        Assert.Contains("ACL of user 'worker'", await RefusedAsync(Options with { User = "worker", Password = "pw", Database = 1 }), StringComparison.Ordinal);
    }

    [Fact]
    public async Task A_database_that_does_not_exist_names_its_setting() =>
        Assert.Contains("'defaultDatabase'", await RefusedAsync(Options with { Password = "right", Database = 99 }), StringComparison.Ordinal);

    [Fact]
    public async Task A_password_that_is_put_right_at_the_server_is_taken_without_a_restart()
    {
        await using var client = Clients.Open(Options with { Password = "later" });
        await Assert.ThrowsAsync<JobConfigurationException>(client.WaitAsync);
        Assert.Equal(BrokerStatus.Failed, client.Health.Status);

        await _server.CommandAsync("CONFIG SET requirepass later", Token);
        await Clients.UntilAsync(() => Task.FromResult(client.Health.Status == BrokerStatus.Connected));
        Assert.Equal("PONG", await client.AskAsync("PING"));
    }

    [Theory]
    [InlineData("HTTP/1.1 400 Bad Request\r\n\r\n")]
    [InlineData("INFO {\"server_id\":\"N\"}\r\n")]
    [InlineData("220 mail ready\r\n")]
    public async Task A_server_of_another_kind_is_told_apart(string greeting)
    {
        using var other = new TcpListener(IPAddress.Loopback, 0);
        other.Start();
        using var stop = new CancellationTokenSource();
        var answering = AnswerAsync(other, greeting, stop.Token);

        Assert.Contains("is not a Redis server", await RefusedAsync(Clients.Options((IPEndPoint)other.LocalEndpoint)), StringComparison.Ordinal);
        await stop.CancelAsync();
        await answering;
    }

    [Fact]
    public async Task A_client_that_wants_TLS_of_a_server_without_says_so()
    {
        var error = await RefusedAsync(Options with { UseTls = true, Password = "right", ConnectTimeout = TimeSpan.FromMilliseconds(300) });

        Assert.Contains("set ssl=false", error, StringComparison.Ordinal);
    }

    [Fact]
    public async Task Nobody_there_is_no_mistake_but_a_server_to_wait_for()
    {
        await _server.StopAsync(Token);
        await using var client = Clients.Open(Options with { Password = "right" });
        await Clients.UntilAsync(() => Task.FromResult(client.Health.Error!.Contains("cannot be reached", StringComparison.Ordinal)));

        Assert.Equal(BrokerStatus.Reconnecting, client.Health.Status);
        Assert.Contains($":{_server.EndPoint.Port} ", client.Health.Error, StringComparison.Ordinal);
    }

    private static async Task<string> RefusedAsync(RedisClientOptions options)
    {
        await using var client = Clients.Open(options);
        var error = await Assert.ThrowsAsync<JobConfigurationException>(client.WaitAsync);
        Assert.Equal(BrokerStatus.Failed, client.Health.Status);
        Assert.Equal(error.Message, client.Health.Error);
        return error.Message;
    }

    private static async Task AnswerAsync(TcpListener listener, string greeting, CancellationToken stop)
    {
        try
        {
            while (true)
            {
                using var socket = await listener.AcceptSocketAsync(stop);
                await socket.SendAsync(Encoding.ASCII.GetBytes(greeting), stop);
                while (await socket.ReceiveAsync(new byte[1024], stop) > 0)
                {
                }
            }
        }
        catch (OperationCanceledException)
        {
        }
    }
}
