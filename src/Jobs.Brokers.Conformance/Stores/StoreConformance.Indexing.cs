using Jobs.Stores;
using Xunit;

namespace Jobs.Brokers.Conformance.Stores;

/// <content>Indexes.</content>
public abstract partial class StoreConformance<TFixture>
{
    private static readonly StoreIndex Red = new("red", 1_000);
    private static readonly StoreIndex Blue = new("blue {*} ü", 1_000);

    /// <summary>An index is paged from what was written last, each entry once, and counted.</summary>
    [Fact]
    public async Task An_Index_Is_Paged_Newest_First()
    {
        var store = await ConnectAsync<IIndexedStore>();
        for (var i = 0; i < 25; i++)
        {
            await WriteAsync(store, Write($"k{i}", $"{i}") with { Index = Red, Expiry = Fixture.Expiry * 100 });
        }

        await WriteAsync(store, Write("elsewhere", "v") with { Index = Blue });

        var pages = await PagesAsync(store, Red, 10);
        Assert.Equal([10, 10, 5], pages.Select(static page => page.Count).Where(static count => count > 0));
        Assert.Equal(Enumerable.Range(0, 25).Reverse().Select(static i => $"{i}"), pages.SelectMany(static page => page).Select(TextOf));
        Assert.Equal([25, 1, 0], await CountAsync(store, Red.Name, Blue.Name, "none"));
        Assert.Empty((await store.PageAsync("none", null, 10, Token)).Entries);
        await Assert.ThrowsAnyAsync<ArgumentException>(async () => await store.PageAsync(Red.Name, "no cursor!", 10, Token));
    }

    /// <summary>A write moves an entry from index to index; one without index, and a delete, take it out.</summary>
    [Fact]
    public async Task A_Write_Moves_An_Entry()
    {
        var store = await ConnectAsync<IIndexedStore>();
        await WriteAsync(store, Write("a", "1") with { Index = Red });
        await WriteAsync(store, Write("b", "1") with { Index = Red });
        await WriteAsync(store, Write("c", "1") with { Index = Red });
        await WriteAsync(store, Write("a", "2") with { Index = Blue });
        Assert.Equal([2, 1], await CountAsync(store, Red.Name, Blue.Name));
        Assert.Equal(["c", "b"], await KeysAsync(store, Red));
        Assert.Equal(["a"], await KeysAsync(store, Blue));

        await PutAsync(store, "b", "2");
        await store.DeleteAsync("a", StoreCondition.Always, Token);

        Assert.Equal(["c"], await KeysAsync(store, Red));
        Assert.Equal([1, 0], await CountAsync(store, Red.Name, Blue.Name));
    }

    /// <summary>Entries of one batch stand in the order in which they were written, and one that is written twice stands where it came last.</summary>
    [Fact]
    public async Task A_Batch_Keeps_Its_Order_In_An_Index()
    {
        var store = await ConnectAsync<IIndexedStore>();
        StoreWrite[] writes =
        [
            .. "zyxabc".Select(key => Write($"{key}", "1", StoreCondition.IfNotNewer(1)) with { Index = Red, Expiry = Fixture.Expiry * 100 }),
            Write("x", "2", StoreCondition.IfNotNewer(2)) with { Index = Blue, Expiry = Fixture.Expiry * 100 },
            Write("y", "2", StoreCondition.IfNotNewer(2)) with { Index = Blue, Expiry = Fixture.Expiry * 100 },
            Write("x", "3", StoreCondition.IfNotNewer(3)) with { Index = Red, Expiry = Fixture.Expiry * 100 },
            Write("y", "3", StoreCondition.IfNotNewer(1)) with { Index = Red, Expiry = Fixture.Expiry * 100 },
            new StoreWrite { Key = "a" },
        ];
        var results = new StoreWriteResult[writes.Length];

        await store.WriteAsync(writes, results, Token);

        Assert.Equal(writes.Length - 2, results.ToList().FindIndex(static result => !result.Written));
        Assert.Equal(["x", "c", "b", "z"], await KeysAsync(store, Red));
        Assert.Equal(["y"], await KeysAsync(store, Blue));
        Assert.Equal(results[8].Version, (await store.GetAsync("x", Token))!.Version);
    }

    /// <summary>A write whose condition does not hold moves nothing.</summary>
    [Fact]
    public async Task A_Refused_Write_Moves_Nothing()
    {
        var store = await ConnectAsync<IIndexedStore>();
        await WriteAsync(store, Write("k", "1", StoreCondition.IfNotNewer(5)) with { Index = Red });

        var refused = await WriteAsync(store, Write("k", "2", StoreCondition.IfNotNewer(4)) with { Index = Blue });

        Assert.False(refused.Written);
        Assert.Equal([1, 0], await CountAsync(store, Red.Name, Blue.Name));
        Assert.Equal("1", TextOf(Assert.Single((await store.PageAsync(Red.Name, null, 10, Token)).Entries)));
    }

    /// <summary>An index over its capacity loses its oldest entries, which are deleted.</summary>
    [Fact]
    public async Task A_Full_Index_Loses_Its_Oldest()
    {
        var store = await ConnectAsync<IIndexedStore>();
        var small = new StoreIndex("small", 3);
        await store.WriteAsync(Enumerable.Range(0, 5).Select(i => Write($"k{i}", "v") with { Index = small, Expiry = Fixture.Expiry * 100 }).ToArray(), new StoreWriteResult[5], Token);
        await WriteAsync(store, Write("k2", "again") with { Index = small, Expiry = Fixture.Expiry * 100 });
        await WriteAsync(store, Write("k5", "v") with { Index = small, Expiry = Fixture.Expiry * 100 });

        Assert.Equal(["k5", "k2", "k4"], await KeysAsync(store, small));
        Assert.Equal([3], await CountAsync(store, small.Name));
        Assert.Null(await store.GetAsync("k0", Token));
        Assert.Null(await store.GetAsync("k3", Token));
        Assert.NotNull(await store.GetAsync("k4", Token));
    }

    /// <summary>What has expired is in no index.</summary>
    [Fact]
    public async Task An_Expired_Entry_Leaves_Its_Index()
    {
        var store = await ConnectAsync<IIndexedStore>();
        await WriteAsync(store, Write("a", "v") with { Index = Red, Expiry = Fixture.Expiry });
        await WriteAsync(store, Write("b", "v") with { Index = Red, Expiry = Fixture.Expiry * 100 });

        await ExpireAsync();

        Assert.Equal([1], await CountAsync(store, Red.Name));
        Assert.Equal(["b"], await KeysAsync(store, Red));
    }

    /// <summary>What has expired in an index is not there, for reads, for conditions and for those who watch.</summary>
    [Fact]
    public async Task An_Expired_Entry_Of_An_Index_Is_Not_There()
    {
        var store = await ConnectAsync<IIndexedStore>();
        var first = await WriteAsync(store, Write("a", "v", StoreCondition.IfNotNewer(9)) with { Index = Red, Expiry = Fixture.Expiry });
        await WriteAsync(store, Write("b", "v") with { Index = Red, Expiry = Fixture.Expiry });
        await using var watch = store.WatchAsync("b", Token).GetAsyncEnumerator(Token);
        Assert.True(await watch.MoveNextAsync());
        Assert.NotNull(watch.Current);

        await ExpireAsync();

        var entries = new StoreEntry?[2];
        await store.GetManyAsync((string[])["a", "b"], entries, Token);
        Assert.All(entries, Assert.Null);
        Assert.Null(await store.GetAsync("a", Token));
        Assert.True(await watch.MoveNextAsync().AsTask().WaitAsync(Fixture.Patience, TimeProvider.System, Token));
        Assert.Null(watch.Current);
        Assert.Equal(new StoreWriteResult(false, 0), await WriteAsync(store, Write("a", "gone", StoreCondition.IfVersion(first.Version)) with { Index = Red }));
        Assert.True((await WriteAsync(store, Write("a", "anew", StoreCondition.IfNotNewer(1)) with { Index = Red, Expiry = Fixture.Expiry * 100 })).Written);
        Assert.True((await WriteAsync(store, Write("b", "anew", StoreCondition.IfAbsent))).Written);
        Assert.Equal(["a"], await KeysAsync(store, Red));
        Assert.Equal([1], await CountAsync(store, Red.Name));
    }

    /// <summary>What was written to an index in one batch leaves it one by one: to another index, by a delete, or as the oldest.</summary>
    [Fact]
    public async Task Entries_Of_A_Batch_Leave_An_Index_One_By_One()
    {
        var store = await ConnectAsync<IIndexedStore>();
        var index = new StoreIndex("eight", 8);
        var blue = Blue with { Capacity = 1 };
        StoreWrite Put(int i) => Write($"k{i}", "v") with { Index = index, Expiry = Fixture.Expiry * 100 };
        await store.WriteAsync(Enumerable.Range(0, 8).Select(Put).ToArray(), new StoreWriteResult[8], Token);

        await store.WriteAsync((StoreWrite[])[Put(1) with { Index = blue }, Put(6) with { Index = null }, new StoreWrite { Key = "k4" }], new StoreWriteResult[3], Token);
        Assert.Equal(["k7", "k5", "k3", "k2", "k0"], await KeysAsync(store, index));
        Assert.Equal([5, 1], await CountAsync(store, index.Name, blue.Name));

        await store.WriteAsync(Enumerable.Range(8, 5).Select(Put).ToArray(), new StoreWriteResult[5], Token);
        Assert.Equal(["k12", "k11", "k10", "k9", "k8", "k7", "k5", "k3"], await KeysAsync(store, index));
        Assert.Null(await store.GetAsync("k0", Token));
        Assert.Null(await store.GetAsync("k2", Token));
        Assert.NotNull(await store.GetAsync("k1", Token));

        await WriteAsync(store, Put(3) with { Index = blue });
        Assert.Null(await store.GetAsync("k1", Token));
        await store.WriteAsync(Enumerable.Range(13, 8).Select(Put).ToArray(), new StoreWriteResult[8], Token);
        Assert.Equal(Enumerable.Range(13, 8).Reverse().Select(static i => $"k{i}"), await KeysAsync(store, index));
        Assert.Equal([8, 1], await CountAsync(store, index.Name, blue.Name));
    }

    /// <summary>A cursor stays good in the middle of what was written in one batch, while some of that leaves.</summary>
    [Fact]
    public async Task A_Cursor_Bears_That_Its_Batch_Leaves()
    {
        var store = await ConnectAsync<IIndexedStore>();
        var index = new StoreIndex("ten", 10);
        StoreWrite Put(int i) => Write($"k{i}", "v") with { Index = index, Expiry = Fixture.Expiry * 100 };
        await store.WriteAsync(Enumerable.Range(0, 10).Select(Put).ToArray(), new StoreWriteResult[10], Token);

        var first = await store.PageAsync(index.Name, null, 3, Token);
        await store.DeleteAsync("k6", StoreCondition.Always, Token);
        await store.WriteAsync((StoreWrite[])[Put(10), Put(11), Put(12)], new StoreWriteResult[3], Token);
        var second = await store.PageAsync(index.Name, first.Next, 2, Token);
        var third = await store.PageAsync(index.Name, second.Next, 10, Token);

        Assert.Equal(["k9", "k8", "k7"], first.Entries.Select(static entry => entry.Key));
        Assert.Equal(["k5", "k4"], second.Entries.Select(static entry => entry.Key));
        Assert.Equal(["k3", "k2"], third.Entries.Select(static entry => entry.Key));
        Assert.Null(third.Next);
    }

    /// <summary>A cursor stays good while entries come and go: what stays is seen once.</summary>
    [Fact]
    public async Task A_Cursor_Bears_Changes()
    {
        var store = await ConnectAsync<IIndexedStore>();
        for (var i = 0; i < 10; i++)
        {
            await WriteAsync(store, Write($"k{i}", "v") with { Index = Red, Expiry = Fixture.Expiry * 100 });
        }

        var first = await store.PageAsync(Red.Name, null, 4, Token);
        await WriteAsync(store, Write("new", "v") with { Index = Red, Expiry = Fixture.Expiry * 100 });
        await store.DeleteAsync("k6", StoreCondition.Always, Token);
        await store.DeleteAsync("k5", StoreCondition.Always, Token);
        var second = await store.PageAsync(Red.Name, first.Next, 100, Token);

        Assert.Equal(["k9", "k8", "k7", "k6"], first.Entries.Select(static entry => entry.Key));
        Assert.Equal(["k4", "k3", "k2", "k1", "k0"], second.Entries.Select(static entry => entry.Key));
        Assert.Null(second.Next);
    }

    private static async Task<StoreWriteResult> WriteAsync(IBatchedStore store, StoreWrite write)
    {
        var results = new StoreWriteResult[1];
        await store.WriteAsync((StoreWrite[])[write], results, Token);
        return results[0];
    }

    private static async Task<IEnumerable<long>> CountAsync(IIndexedStore store, params string[] indexes)
    {
        var counts = new long[indexes.Length];
        await store.CountAsync(indexes, counts, Token);
        return counts;
    }

    private static async Task<List<IReadOnlyList<StoreEntry>>> PagesAsync(IIndexedStore store, StoreIndex index, int take)
    {
        var pages = new List<IReadOnlyList<StoreEntry>>();
        for (string? cursor = null; pages.Count == 0 || cursor is not null;)
        {
            var page = await store.PageAsync(index.Name, cursor, take, Token);
            pages.Add(page.Entries);
            cursor = page.Next;
        }

        return pages;
    }

    private static async Task<IEnumerable<string>> KeysAsync(IIndexedStore store, StoreIndex index) =>
        (await PagesAsync(store, index, 100)).SelectMany(static page => page).Select(static entry => entry.Key);
}
