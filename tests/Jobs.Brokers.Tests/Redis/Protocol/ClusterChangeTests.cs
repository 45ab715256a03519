using System.Text;
using Jobs.Brokers.Redis.Protocol;

namespace Jobs.Brokers.Tests.Redis.Protocol;

public sealed class ClusterChangeTests : IAsyncLifetime
{
    private readonly LocalCluster _cluster = new();

    private static CancellationToken Token => TestContext.Current.CancellationToken;

    public ValueTask InitializeAsync() => _cluster.InitializeAsync();

    public ValueTask DisposeAsync() => _cluster.DisposeAsync();

    [Fact]
    public async Task Scenario_23_a_slot_moves_under_load_and_nothing_is_lost()
    {
        await using var client = await Clients.ConnectAsync(Clients.Options(_cluster.Nodes[0].EndPoint));
        var slot = RedisSlot.Of("q"u8);
        var source = _cluster.Owner(slot);
        var target = await _cluster.AddAsync();
        var (sourceId, targetId) = (await LocalCluster.IdAsync(source), await LocalCluster.IdAsync(target));
        using var stop = new CancellationTokenSource();
        var counting = Enumerable.Range(0, 8).Select(i => CountAsync(client, $"{{q}}:{i}", stop.Token)).ToArray();

        await LocalCluster.DoAsync(target, $"CLUSTER SETSLOT {slot} IMPORTING {sourceId}");
        await LocalCluster.DoAsync(source, $"CLUSTER SETSLOT {slot} MIGRATING {targetId}");
        Assert.Equal("1", await client.AskAsync("INCR", "{q}:new"));
        Assert.Equal("2", await client.AskAsync("INCR", "{q}:new"));
        for (var i = 0; i < 8; i++)
        {
            await LocalCluster.DoAsync(source, $"MIGRATE 127.0.0.1 {target.EndPoint.Port} {{q}}:{i} 0 5000");
        }

        foreach (var node in new[] { target, source }.Concat(_cluster.Nodes).Distinct())
        {
            await LocalCluster.DoAsync(node, $"CLUSTER SETSLOT {slot} NODE {targetId}");
        }

        await CountAsync(client, "{q}:after", new CancellationToken(canceled: true));
        await stop.CancelAsync();
        for (var i = 0; i < 8; i++)
        {
            Assert.Equal($"{await counting[i]}", await client.AskAsync("GET", $"{{q}}:{i}"));
        }

        // Servers before 7.0 send this answer in pieces, of which the first comes alone at times.
        await Clients.UntilAsync(async () => (await LocalCluster.DoAsync(target, "CLUSTER SLOTS")).Contains($":{target.EndPoint.Port}\r", StringComparison.Ordinal));
        await Clients.UntilAsync(() => Task.FromResult(client.Health.Status == BrokerStatus.Connected));
    }

    [Fact]
    public async Task A_replica_that_takes_over_is_found()
    {
        var primary = _cluster.Nodes[2];
        var replica = await _cluster.AddAsync();
        await LocalCluster.DoAsync(replica, $"CLUSTER REPLICATE {await LocalCluster.IdAsync(primary)}");
        await using var client = await Clients.ConnectAsync(Clients.Options(_cluster.Nodes.Select(static node => node.EndPoint)));
        var key = Enumerable.Range(0, 100).Select(static i => $"key:{i}").First(key => _cluster.Owner(RedisSlot.Of(Encoding.UTF8.GetBytes(key))) == primary);
        await client.AskAsync("SET", key, "kept");
        await Clients.UntilAsync(async () => (await replica.CommandAsync("INFO replication", Token)).Contains("master_link_status:up", StringComparison.Ordinal)
            && (await replica.CommandAsync("DBSIZE", Token)) == ":1\r\n");

        await primary.KillAsync(Token);
        await Clients.UntilAsync(() => Task.FromResult(client.Health.Status == BrokerStatus.Reconnecting));
        await client.WaitAsync();
        await Clients.UntilAsync(async () => await TryAsync(client, "SET", key, "new"));
        Assert.Equal("new", await client.AskAsync("GET", key));
        Assert.True(client.Reconnects > 0);
    }

    // How often it counted: each time must have been answered. At least once.
    private static async Task<int> CountAsync(IRedisClient client, string key, CancellationToken stop)
    {
        var count = 0;
        do
        {
            await client.AskAsync("INCR", key);
            count++;
        }
        while (!stop.IsCancellationRequested);
        return count;
    }

    private static async Task<bool> TryAsync(IRedisClient client, params string[] words)
    {
        try
        {
            await client.AskAsync(words);
            return true;
        }
        catch (Exception exception) when (exception is RedisServerException or RedisConnectionException)
        {
            return false;
        }
    }
}
