using Jobs.Stores;
using Xunit;

namespace Jobs.Brokers.Conformance.Stores;

/// <content>Many writes or reads in one call.</content>
public abstract partial class StoreConformance<TFixture>
{
    /// <summary>Each write of a batch has its own condition, expiry and answer.</summary>
    [Fact]
    public async Task Each_Write_Of_A_Batch_Has_Its_Own_Condition()
    {
        var store = await ConnectAsync<IBatchedStore>();
        var there = await PutAsync(store, "there", "1");
        await PutAsync(store, "fenced", "1", StoreCondition.IfNotNewer(5));
        await PutAsync(store, "deleted", "1");
        StoreWrite[] writes =
        [
            Write("new", "2", StoreCondition.IfAbsent),
            Write("there", "2", StoreCondition.IfAbsent),
            Write("there", "3", StoreCondition.IfVersion(there.Version)),
            Write("fenced", "2", StoreCondition.IfNotNewer(4)),
            Write("fenced", "3", StoreCondition.IfNotNewer(6)),
            new StoreWrite { Key = "deleted" },
            Write("short", "2") with { Expiry = Fixture.Expiry },
        ];
        var results = new StoreWriteResult[writes.Length];

        await store.WriteAsync(writes, results, Token);

        Assert.Equal([true, false, true, false, true, true, true], results.Select(static result => result.Written));
        Assert.Equal(there.Version, results[1].Version);
        var entries = new StoreEntry?[5];
        await store.GetManyAsync((string[])["new", "there", "fenced", "deleted", "short"], entries, Token);
        Assert.Equal(["2", "3", "3", null, "2"], entries.Select(TextOf));
        Assert.Equal(results[2].Version, entries[1]!.Version);
        Assert.Equal(6, entries[2]!.Order);
        await ExpireAsync();
        Assert.Null(await store.GetAsync("short", Token));
    }

    /// <summary>Writes of one key happen in the order given.</summary>
    [Fact]
    public async Task Writes_Of_One_Key_Keep_Their_Order()
    {
        var store = await ConnectAsync<IBatchedStore>();
        StoreWrite[] writes = [.. Enumerable.Range(0, 10).Select(static i => Write("k", $"{i}")), new StoreWrite { Key = "k" }, Write("k", "last", StoreCondition.IfAbsent)];
        var results = new StoreWriteResult[writes.Length];

        await store.WriteAsync(writes, results, Token);

        Assert.All(results, static result => Assert.True(result.Written));
        Assert.Equal(results[..10].Select(static result => result.Version).Order(), results[..10].Select(static result => result.Version));
        Assert.Equal("last", await ReadAsync(store, "k"));
    }

    /// <summary>A batch has any size, and none at all.</summary>
    [Fact]
    public async Task A_Batch_Has_Any_Size()
    {
        const int Count = 5_000;
        var store = await ConnectAsync<IBatchedStore>();
        var writes = Enumerable.Range(0, Count).Select(static i => Write($"k{i}", $"{i}")).ToArray();
        var results = new StoreWriteResult[Count];

        await store.WriteAsync(writes, results, Token);
        await store.WriteAsync(default, default, Token);

        Assert.All(results, static result => Assert.True(result is { Written: true, Version: > 0 }));
        var entries = new StoreEntry?[Count];
        await store.GetManyAsync(writes.Select(static write => write.Key).ToArray(), entries, Token);
        Assert.Equal(Enumerable.Range(0, Count).Select(static i => $"{i}"), entries.Select(TextOf));
    }

    /// <summary>If one write is out of range, none happens.</summary>
    [Fact]
    public async Task A_Batch_With_A_Bad_Write_Is_Refused()
    {
        var store = await ConnectAsync<IBatchedStore>();

        await Assert.ThrowsAnyAsync<ArgumentException>(async () => await store.WriteAsync((StoreWrite[])[Write("k", "v"), Write("", "v")], new StoreWriteResult[2], Token));

        Assert.Null(await store.GetAsync("k", Token));
    }

    /// <summary>What a writer believes to be there may save a look, and decides nothing.</summary>
    [Fact]
    public async Task A_Likely_Version_Decides_Nothing()
    {
        var store = await ConnectAsync<IBatchedStore>();
        var first = (await PutAsync(store, "k", "first", StoreCondition.IfNotNewer(0))).Version;

        var second = await WriteAsync("second", 5, first);
        Assert.True(second.Written);
        Assert.False((await WriteAsync("older", 4, first)).Written);
        Assert.False((await WriteAsync("older", 4, 0)).Written);
        Assert.False((await WriteAsync("older", 4, second.Version + 1_000)).Written);
        var entry = (await store.GetAsync("k", Token))!;
        Assert.Equal(("second", 5L, second.Version), (TextOf(entry), entry.Order, entry.Version));

        Assert.True((await WriteAsync("third", 6, first)).Written);
        Assert.True((await WriteAsync("fourth", 6, 0)).Written);
        await store.DeleteAsync("k", StoreCondition.Always, Token);
        Assert.True((await WriteAsync("fifth", 1, second.Version)).Written);
        Assert.True((await WriteAsync("new", 1, 0, "new")).Written);

        var results = new StoreWriteResult[4];
        await store.WriteAsync(
            (StoreWrite[])[Likely("k", "sixth", 7, first), Likely("k", "seventh", 8, 0), Likely("k", "older", 2, first), Likely("new", "newer", 2, 1)], results, Token);

        Assert.Equal([true, true, false, true], results.Select(static result => result.Written));
        Assert.Equal(("seventh", "newer"), (await ReadAsync(store, "k"), await ReadAsync(store, "new")));

        async Task<StoreWriteResult> WriteAsync(string value, long order, long likely, string key = "k")
        {
            var results = new StoreWriteResult[1];
            await store.WriteAsync((StoreWrite[])[Likely(key, value, order, likely)], results, Token);
            return results[0];
        }

        static StoreWrite Likely(string key, string value, long order, long likely) => Write(key, value, StoreCondition.IfNotNewer(order)) with { LikelyVersion = likely };
    }

    private static StoreWrite Write(string key, string value, StoreCondition condition = default) =>
        new() { Key = key, Value = Bytes(value), Condition = condition };
}
