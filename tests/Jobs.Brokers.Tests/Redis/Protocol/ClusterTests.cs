using System.Text;
using Jobs.Brokers.Redis.Protocol;

namespace Jobs.Brokers.Tests.Redis.Protocol;

public sealed class ClusterTests(LocalCluster cluster) : IClassFixture<LocalCluster>
{
    private static CancellationToken Token => TestContext.Current.CancellationToken;

    [Theory]
    [InlineData(2)]
    [InlineData(3)]
    public async Task Each_command_goes_to_the_node_of_its_key(int version)
    {
        await using var client = await Clients.ConnectAsync(Clients.Options(cluster.Nodes[0].EndPoint) with { ProtocolVersion = version });
        await Task.WhenAll(Enumerable.Range(0, 300).Select(i => client.AskAsync("SET", $"key:{i}", $"{i}")));

        Assert.Equal(Enumerable.Range(0, 300).Select(static i => $"{i}"), await Task.WhenAll(Enumerable.Range(0, 300).Select(i => client.AskAsync("GET", $"key:{i}"))));
        foreach (var node in cluster.Nodes)
        {
            Assert.NotEqual(":0\r\n", await node.CommandAsync("DBSIZE", Token));
        }

        Assert.Equal("PONG", await client.AskAsync("PING"));
        Assert.Equal(BrokerStatus.Connected, client.Health.Status);
        Assert.Equal(0, client.Reconnects);
        using var synchronous = client.Execute(Clients.Command("GET", "key:7"), Clients.Patience);
        Assert.Equal("7", synchronous.GetReader().ReadString());
    }

    [Fact]
    public async Task Slots_are_those_of_the_server()
    {
        var random = new Random(5);
        await using var client = await Clients.ConnectAsync(Clients.Options(cluster.Nodes[0].EndPoint));
        string[] keys = ["123456789", "{user}.a", "a{b}c", "a{}b{c}", "a{b", "a}b{c}", "{{b}}", "{jobs:q}:s", .. Enumerable.Range(0, 200).Select(_ => Convert.ToHexString(BitConverter.GetBytes(random.NextInt64())))];

        foreach (var key in keys)
        {
            using var reply = await client.ExecuteAsync(RespCommand.Rent("CLUSTER"u8).Add("KEYSLOT"u8).Add(key), Token);
            Assert.Equal(reply.GetReader().ReadInteger(), RedisSlot.Of(Encoding.UTF8.GetBytes(key)));
        }
    }

    [Fact]
    public async Task Keys_with_one_tag_can_be_used_together_and_others_cannot()
    {
        await using var client = await Clients.ConnectAsync(Clients.Options(cluster.Nodes[0].EndPoint));

        Assert.Equal("OK", await client.AskAsync("MSET", "{q}:a", "1", "{q}:b", "2"));
        Assert.Equal(RedisErrorKind.CrossSlot, (await Assert.ThrowsAsync<RedisServerException>(() => client.AskAsync("MSET", "a", "1", "b", "2"))).Kind);
    }

    [Fact]
    public async Task Scripts_and_blocking_reads_find_the_node_of_their_key()
    {
        await using var client = await Clients.ConnectAsync(Clients.Options(cluster.Nodes[0].EndPoint));
        var script = new RedisScript("push", "return redis.call('LPUSH', KEYS[1], ARGV[1])");
        for (var i = 0; i < 12; i++)
        {
            var key = Encoding.UTF8.GetBytes($"list:{i}");
            await using var blocking = client.OpenBlocking(key);
            var replies = new RespReply[1];
            var read = blocking.ExecuteAsync(new[] { RespCommand.Rent("BRPOP"u8).Key(key).Add("10"u8) }, replies, Clients.Patience).AsTask();
            (await client.ExecuteAsync(RespCommand.Rent(script, 1).Key(key).Add(i), Token)).Dispose();
            await read.WaitAsync(Clients.Patience, TimeProvider.System, Token);
            Assert.Equal(2, replies[0].GetReader().ReadArray());
        }

        // A read that waits is ended at the node where it waits.
        await using var waiting = client.OpenBlocking("list:1"u8.ToArray());
        var none = new RespReply[1];
        var ended = waiting.ExecuteAsync(new[] { RespCommand.Rent("BRPOP"u8).Key("list:1"u8).Add("10"u8) }, none, Clients.Patience).AsTask();
        await waiting.UnblockAsync(Token);
        await ended.WaitAsync(Clients.Patience, TimeProvider.System, Token);
        Assert.Equal(0, none[0].GetReader().ReadArray());
    }
}
