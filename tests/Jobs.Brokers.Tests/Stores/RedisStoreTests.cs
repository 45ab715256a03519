using Jobs.Brokers.Conformance;
using Jobs.Brokers.Redis.Protocol;
using Jobs.Brokers.Redis.Stores;
using Jobs.Brokers.Tests.Redis.Protocol;
using Jobs.Memory;
using Jobs.Stores;

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
        await using var client = await ConnectClientAsync();
        await using var watch = store.WatchAsync("heard:1", Token).GetAsyncEnumerator(Token);
        Assert.True(await watch.MoveNextAsync());
        await AnnouncedAsync(store, watch);
        var (asked, published) = await CallsAsync(client);

        // A class of which nobody watches a key is asked about once.
        await store.WriteAsync(Enumerable.Range(0, 100).Select(static i => Write($"unheard:{i}") with { Index = null }).ToArray(), new StoreWriteResult[100], Token);
        Assert.Equal((asked + 1, published), await CallsAsync(client));

        await store.WriteAsync(Enumerable.Range(0, 100).Select(static i => Write($"heard:{i}") with { Index = null }).ToArray(), new StoreWriteResult[100], Token);
        Assert.Equal((asked + 3, published + 1), await CallsAsync(client));
    }

    [Fact]
    public async Task Writes_of_one_batch_may_have_nothing_in_common()
    {
        await using var store = await ConnectAsync("kinds");
        var writes = Enumerable.Range(0, 300).Select(static i => Write($"k{i}") with { Index = new StoreIndex($"index{i}", 100), Condition = StoreCondition.IfNotNewer(i + 1) }).ToArray();
        var results = new StoreWriteResult[writes.Length];
        await store.WriteAsync(writes, results, Token);

        Assert.All(results, static result => Assert.True(result.Written));
        foreach (var i in new[] { 0, 1, 127, 128, 254, 255, 256, 299 })
        {
            var entry = Assert.Single((await store.PageAsync($"index{i}", null, 10, Token)).Entries);
            Assert.Equal(($"k{i}", i + 1, results[i].Version), (entry.Key, entry.Order, entry.Version));
        }
    }

    [Fact]
    public async Task An_index_that_is_empty_again_leaves_nothing_behind()
    {
        await using var store = await ConnectAsync("emptied");
        await using var client = await ConnectClientAsync();
        var writes = Enumerable.Range(0, 300).Select(static i => Write($"k{i}") with { Index = new StoreIndex("index", 100) }).ToArray();
        await store.WriteAsync(writes, new StoreWriteResult[writes.Length], Token);

        await store.WriteAsync(Array.ConvertAll(writes, static write => new StoreWrite { Key = write.Key }), new StoreWriteResult[writes.Length], Token);

        Assert.Equal(["{emptied:store}:version"], await KeysAsync(client, "emptied"));
    }

    [Theory, InlineData(true), InlineData(false)]
    public async Task What_has_expired_in_an_index_is_taken_out(bool byCounting)
    {
        var name = $"expired-{byCounting}";
        await using var store = await ConnectAsync(name);
        await using var client = await ConnectClientAsync();
        var writes = Enumerable.Range(0, 200).Select(static i => Write($"k{i}") with { Index = new StoreIndex("old", 1_000), Expiry = TimeSpan.FromMilliseconds(1) }).ToArray();
        await store.WriteAsync(writes, new StoreWriteResult[writes.Length], Token);
        await Clients.UntilAsync(async () => await store.GetAsync("k199", Token) is null);

        if (byCounting)
        {
            var count = new long[1];
            await store.CountAsync((string[])["old"], count, Token);
            Assert.Equal([0], count);
        }
        else
        {
            // One write in sixteen looks at an index that is not its own: that none of a thousand does will not happen.
            var other = Write("other") with { Index = null };
            await store.WriteAsync(Enumerable.Range(0, 1_000).Select(_ => other).ToArray(), new StoreWriteResult[1_000], Token);
        }

        Assert.DoesNotContain(await KeysAsync(client, name), static key => !key.EndsWith(":version", StringComparison.Ordinal) && !key.EndsWith(":other", StringComparison.Ordinal));
    }

    // Of a batch, what an index has no room for is deleted at the end: so where there is little room, one by one.
    [Theory, InlineData(1, 1, 7), InlineData(2, 1, 3), InlineData(3, 14, 10_000), InlineData(4, 60, 10_000)]
    public async Task Whatever_is_written_becomes_what_memory_makes_of_it(int seed, int longest, int capacity)
    {
        var random = new Random(seed);
        await using var store = await ConnectAsync($"random-{seed}");
        await using var memory = new MemoryStore(TimeProvider.System);
        StoreIndex?[] indexes = [null, new("one", capacity), new("two", capacity * 2), new("three", capacity)];
        var (ours, theirs) = (new long[40], new long[40]);
        for (var round = 0; round < 600; round++)
        {
            var (keys, writes, others) = (new int[random.Next(longest) + 1], new List<StoreWrite>(), new List<StoreWrite>());
            for (var i = 0; i < keys.Length; i++)
            {
                var (key, kind, order) = (random.Next(ours.Length), random.Next(4), random.Next(6));
                keys[i] = key;
                var write = new StoreWrite { Key = $"k{key}", Value = random.Next(5) == 0 ? default(ReadOnlyMemory<byte>?) : BitConverter.GetBytes(round), Index = indexes[random.Next(indexes.Length)] };
                writes.Add(write with { Condition = ConditionOf(kind, order, ours[key]) });
                others.Add(write with { Condition = ConditionOf(kind, order, theirs[key]) });
            }

            var (results, expected) = (new StoreWriteResult[keys.Length], new StoreWriteResult[keys.Length]);
            await store.WriteAsync(writes.ToArray(), results, Token);
            await memory.WriteAsync(others.ToArray(), expected, Token);
            Assert.Equal(expected.Select(static result => (result.Written, result.Version > 0)), results.Select(static result => (result.Written, result.Version > 0)));
            for (var i = 0; i < keys.Length; i++)
            {
                (ours[keys[i]], theirs[keys[i]]) = (results[i].Version, expected[i].Version);
            }

            foreach (var index in indexes[1..])
            {
                Assert.Equal(await TellAsync(memory, index!.Name), await TellAsync(store, index.Name));
            }
        }
    }

    private static StoreCondition ConditionOf(int kind, int order, long version) => kind switch
    {
        0 => StoreCondition.Always,
        1 => StoreCondition.IfAbsent,
        2 => StoreCondition.IfVersion(version),
        _ => StoreCondition.IfNotNewer(order),
    };

    private static async Task<string> TellAsync(IIndexedStore store, string index)
    {
        var count = new long[1];
        await store.CountAsync((string[])[index], count, Token);
        var page = await store.PageAsync(index, null, 1_000, Token);
        return $"{count[0]}: {string.Join(' ', page.Entries.Select(static entry => $"{entry.Key}={BitConverter.ToInt32(entry.Value.Span)}@{entry.Order}"))}";
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

    private static async Task<string[]> KeysAsync(IRedisClient client, string name)
    {
        using var reply = await client.SendAsync(RespCommand.Rent("KEYS"u8).Add($"{{{name}:store}}:*"), Token);
        var reader = reply.GetReader();
        var keys = new string[reader.ReadArray()];
        for (var i = 0; i < keys.Length; i++)
        {
            keys[i] = reader.ReadString();
        }

        return keys;
    }

    private Task<IRedisClient> ConnectClientAsync() => Clients.ConnectAsync(Clients.Options(fixture.Server!.EndPoint));

    private async Task<RedisStore> ConnectAsync(string name = Namespace) => (RedisStore)await fixture.ConnectAsync(new BrokerTarget(name, fixture.Server!.EndPoint), Token);
}
