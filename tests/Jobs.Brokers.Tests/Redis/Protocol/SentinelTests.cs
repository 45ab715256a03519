using System.Globalization;
using Jobs.Brokers.Conformance.Servers;
using Jobs.Brokers.Redis.Protocol;

namespace Jobs.Brokers.Tests.Redis.Protocol;

public sealed class SentinelTests : IAsyncLifetime
{
    private readonly List<ServerProcess> _servers = [];

    private static CancellationToken Token => TestContext.Current.CancellationToken;

    public ValueTask InitializeAsync() => default;

    public async ValueTask DisposeAsync()
    {
        foreach (var server in Enumerable.Reverse(_servers))
        {
            await server.DisposeAsync();
        }
    }

    [Theory]
    [InlineData(2)]
    [InlineData(3)]
    public async Task Scenario_22_a_client_follows_the_primary(int version)
    {
        var primary = await StartAsync(new RedisServer(new RedisServerOptions { AppendOnly = false }));
        var replica = await StartAsync(new RedisServer(new RedisServerOptions { AppendOnly = false, Arguments = ["--replicaof", "127.0.0.1", primary.EndPoint.Port.ToString(CultureInfo.InvariantCulture)] }));
        var nobody = await StartAsync(new SentinelServer(primary.EndPoint, quorum: 2));
        var sentinels = new[] { nobody, await StartAsync(new SentinelServer(primary.EndPoint, quorum: 2)), await StartAsync(new SentinelServer(primary.EndPoint, quorum: 2)) };
        await using var client = await Clients.ConnectAsync(Clients.Options(sentinels.Select(static sentinel => sentinel.EndPoint)) with { ServiceName = "main", ProtocolVersion = version });
        await using var blocking = client.OpenBlocking("list"u8.ToArray());
        await client.AskAsync("SET", "key", "kept");
        Assert.Contains($"tcp_port:{primary.EndPoint.Port}", await client.AskAsync("INFO", "server"), StringComparison.Ordinal);
        await KnowEachOtherAsync(sentinels, replica);
        await Clients.UntilAsync(async () => (await replica.CommandAsync("GET key", Token)).Contains("kept", StringComparison.Ordinal));

        await primary.KillAsync(Token);
        await Clients.UntilAsync(() => Task.FromResult(client.Health.Status == BrokerStatus.Reconnecting));
        await client.WaitAsync();
        Assert.Contains($"tcp_port:{replica.EndPoint.Port}", await client.AskAsync("INFO", "server"), StringComparison.Ordinal);
        Assert.Equal("kept", await client.AskAsync("GET", "key"));
        Assert.Equal("OK", await client.AskAsync("SET", "key", "new"));

        var replies = new RespReply[1];
        await blocking.ExecuteAsync(new[] { Clients.Command("GET", "key") }, replies, TimeSpan.Zero);
        Assert.Equal("new", replies[0].GetReader().ReadString());
    }

    [Fact]
    public async Task A_primary_that_becomes_a_replica_is_left()
    {
        var first = await StartAsync(new RedisServer(new RedisServerOptions { AppendOnly = false }));
        var second = await StartAsync(new RedisServer(new RedisServerOptions { AppendOnly = false }));
        await second.CommandAsync($"REPLICAOF 127.0.0.1 {first.EndPoint.Port}", Token);
        await using var client = await Clients.ConnectAsync(Clients.Options(first.EndPoint, second.EndPoint));
        Assert.Contains($"tcp_port:{first.EndPoint.Port}", await client.AskAsync("INFO", "server"), StringComparison.Ordinal);

        await second.CommandAsync("REPLICAOF NO ONE", Token);
        await first.CommandAsync($"REPLICAOF 127.0.0.1 {second.EndPoint.Port}", Token);
        Assert.Equal(RedisErrorKind.ReadOnly, (await Assert.ThrowsAsync<RedisServerException>(() => client.AskAsync("SET", "a", "b"))).Kind);

        await Clients.UntilAsync(() => Task.FromResult(client.Reconnects > 0 && client.Health.Status == BrokerStatus.Connected));
        Assert.Contains($"tcp_port:{second.EndPoint.Port}", await client.AskAsync("INFO", "server"), StringComparison.Ordinal);
        Assert.Equal("OK", await client.AskAsync("SET", "a", "b"));
    }

    [Fact]
    public async Task Mistakes_about_Sentinels_name_their_remedy()
    {
        var server = await StartAsync(new RedisServer(new RedisServerOptions { AppendOnly = false }));
        var sentinel = await StartAsync(new SentinelServer(server.EndPoint, quorum: 1));
        var guarded = await StartAsync(new SentinelServer(server.EndPoint, quorum: 1, password: "pw"));

        await RefusedAsync(Clients.Options(sentinel.EndPoint) with { ServiceName = "other" }, "'serviceName'");
        await RefusedAsync(Clients.Options(sentinel.EndPoint), "is a Sentinel");
        await RefusedAsync(Clients.Options(server.EndPoint) with { ServiceName = "main" }, "is not a Sentinel");
        await RefusedAsync(Clients.Options(guarded.EndPoint) with { ServiceName = "main" }, "'sentinelPassword'");
        await using var client = await Clients.ConnectAsync(Clients.Options(guarded.EndPoint) with { ServiceName = "main", SentinelPassword = "pw" });
        Assert.Equal("PONG", await client.AskAsync("PING"));
    }

    [Fact]
    public async Task A_Sentinel_that_is_away_leaves_the_others_to_be_asked()
    {
        var server = await StartAsync(new RedisServer(new RedisServerOptions { AppendOnly = false }));
        var here = await StartAsync(new SentinelServer(server.EndPoint, quorum: 1));
        var away = await StartAsync(new SentinelServer(server.EndPoint, quorum: 1));
        await away.StopAsync(Token);

        for (var i = 0; i < 4; i++)
        {
            await using var client = await Clients.ConnectAsync(Clients.Options(away.EndPoint, here.EndPoint) with { ServiceName = "main" });
            Assert.Equal("PONG", await client.AskAsync("PING"));
        }
    }

    private static async Task RefusedAsync(RedisClientOptions options, string named)
    {
        await using var client = Clients.Open(options);
        Assert.Contains(named, (await Assert.ThrowsAsync<JobConfigurationException>(client.WaitAsync)).Message, StringComparison.Ordinal);
    }

    // A failover needs a majority, and somebody to promote.
    private static async Task KnowEachOtherAsync(SentinelServer[] sentinels, RedisServer replica)
    {
        foreach (var sentinel in sentinels)
        {
            var options = Clients.Options(sentinel.EndPoint);
            using var deadline = new Transport.Deadline(Clients.Patience, TimeProvider.System);
            using var channel = RedisDialer.Open(options.Servers[0], options, isFirst: false, deadline, TimeProvider.System, out _);
            await Clients.UntilAsync(() => Task.FromResult(Count(channel, "sentinels") == 2 && Count(channel, "replicas") == 1));
        }

        static int Count(RespChannel channel, string what)
        {
            channel.Add(Clients.Command("SENTINEL", what, "main"), isFull: false);
            channel.Flush();
            using var reply = channel.Receive(Clients.Patience, TimeProvider.System);
            return reply.GetReader().ReadArray();
        }
    }

    private async Task<T> StartAsync<T>(T server)
        where T : ServerProcess
    {
        _servers.Add(server);
        await server.StartAsync(Token);
        return server;
    }
}
