using Jobs.Brokers.Conformance;
using Jobs.Brokers.Redis.Protocol;
using Jobs.Brokers.Redis.Stores;
using Jobs.Stores;
using Microsoft.Extensions.Logging.Abstractions;

namespace Jobs.Brokers.Tests.Stores;

/// <summary>What the Redis store does beyond what every store does.</summary>
public sealed class RedisStoreTests(RedisStoreFixture fixture) : IClassFixture<RedisStoreFixture>
{
    private const string Namespace = "watched";

    private static readonly StoreIndex Small = new("small", 1);

    private static CancellationToken Token => TestContext.Current.CancellationToken;

    [Theory, InlineData("job:1", "job:2"), InlineData("job:1", "plain"), InlineData("plain", "job:1")]
    public async Task A_watch_sees_that_a_full_index_has_lost_its_entry(string lost, string kept)
    {
        await using var store = await ConnectAsync();
        await store.WriteAsync((StoreWrite[])[Write(lost)], new StoreWriteResult[1], Token);
        await using var watch = store.WatchAsync(lost, Token).GetAsyncEnumerator(Token);
        Assert.True(await watch.MoveNextAsync());
        Assert.NotNull(watch.Current);
        var next = watch.MoveNextAsync();

        await store.WriteAsync((StoreWrite[])[Write(kept)], new StoreWriteResult[1], Token);

        Assert.True(await next.AsTask().WaitAsync(fixture.Patience, TimeProvider.System, Token));
        Assert.Null(watch.Current);
        await store.DeleteAsync(kept, StoreCondition.Always, Token);
    }

    [Fact]
    public async Task A_change_is_announced_where_somebody_listens_only()
    {
        await using var store = await ConnectAsync();
        await using var client = RedisClient.Open(RedisClientOptions.Parse(fixture.Server!.EndPoint.ToString()), TimeProvider.System, NullLogger.Instance);
        await using var watch = store.WatchAsync("heard:1", Token).GetAsyncEnumerator(Token);
        Assert.True(await watch.MoveNextAsync());
        await AnnouncedAsync(store, watch);
        await client.WaitConnectedAsync(Token);
        var (asked, published) = await CallsAsync(client);

        // A class of which nobody watches a key is asked about once.
        await store.WriteAsync(Enumerable.Range(0, 100).Select(static i => Write($"unheard:{i}") with { Index = null }).ToArray(), new StoreWriteResult[100], Token);
        Assert.Equal((asked + 1, published), await CallsAsync(client));

        await store.WriteAsync(Enumerable.Range(0, 100).Select(static i => Write($"heard:{i}") with { Index = null }).ToArray(), new StoreWriteResult[100], Token);
        Assert.Equal((asked + 3, published + 1), await CallsAsync(client));
    }

    // The subscription is there once a write is seen.
    private static async Task AnnouncedAsync(RedisStore store, IAsyncEnumerator<StoreEntry?> watch)
    {
        await store.PutAsync("heard:1", default, StoreCondition.Always, expiry: null, Token);
        Assert.True(await watch.MoveNextAsync());
    }

    private static async Task<(long Asked, long Published)> CallsAsync(IRedisClient client)
    {
        using var reply = await client.SendAsync(RespCommand.Rent("INFO"u8).Add("commandstats"u8), Token);
        var lines = reply.GetReader().ReadString().Split("\r\n");
        return (Sum("cmdstat_pubsub"), Sum("cmdstat_publish"));

        long Sum(string name) => lines.Where(line => line.StartsWith(name, StringComparison.Ordinal))
            .Sum(static line => long.Parse(line.Split("calls=")[1].Split(',')[0], System.Globalization.CultureInfo.InvariantCulture));
    }

    private static StoreWrite Write(string key) => new() { Key = key, Value = "v"u8.ToArray(), Index = Small };

    private async Task<RedisStore> ConnectAsync() => (RedisStore)await fixture.ConnectAsync(new BrokerTarget(Namespace, fixture.Server!.EndPoint), Token);
}
