using Jobs.Stores;
using Xunit;

namespace Jobs.Brokers.Conformance.Stores;

/// <content>Reads, conditional writes and deletes of one entry.</content>
public abstract partial class StoreConformance<TFixture>
{
    /// <summary>Texts that a server might take for something else.</summary>
    public static TheoryData<string> Keys => [
        "k", "job:0198", "a b", "a.b", "a.b.>", "*", "$", "{a}b", "}{", "a/b\\c", "%41", "line\r\nline", "tab\t", "nul\0nul", "Ünïcode-Ж-漢字-😀", " ", ".", "..", "=", "'\"",
        new string('k', IJobStore.MaxKeyLength), new string('漢', IJobStore.MaxKeyLength)];

    /// <summary>What is written is read, by everyone, byte by byte.</summary>
    [Fact]
    public async Task An_Entry_Is_What_Was_Written()
    {
        var store = await ConnectAsync();
        var other = await ConnectAsync();
        var value = Enumerable.Range(0, 256).Select(static i => (byte)i).ToArray();

        var written = await store.PutAsync("k", value, StoreCondition.Always, expiry: null, Token);
        var empty = await store.PutAsync("empty", default, StoreCondition.Always, expiry: null, Token);
        value[0] = 9;

        var entry = await other.GetAsync("k", Token);
        Assert.True(written.Written && empty.Written);
        Assert.Equal(("k", written.Version, 0L), (entry!.Key, entry.Version, entry.Order));
        Assert.Equal(Enumerable.Range(0, 256), entry.Value.ToArray().Select(static b => (int)b));
        Assert.Equal("", await ReadAsync(other, "empty"));
        Assert.Null(await store.GetAsync("other", Token));
    }

    /// <summary>Any text is a key, and is told from every other.</summary>
    [Theory]
    [MemberData(nameof(Keys))]
    public async Task Any_Text_Is_A_Key(string key)
    {
        var store = await ConnectAsync();
        await PutAsync(store, key.Length < IJobStore.MaxKeyLength ? key + "x" : key[1..], "another");
        Assert.Null(await store.GetAsync(key, Token));

        var written = await PutAsync(store, key, "mine");

        var entry = await store.GetAsync(key, Token);
        Assert.Equal((key, "mine", written.Version), (entry!.Key, TextOf(entry), entry.Version));
        Assert.True((await store.DeleteAsync(key, StoreCondition.IfVersion(written.Version), Token)).Written);
        Assert.Null(await store.GetAsync(key, Token));
    }

    /// <summary>Keys compare by their characters.</summary>
    [Fact]
    public async Task Keys_Compare_With_Case()
    {
        var store = await ConnectAsync();
        await PutAsync(store, "key", "lower");
        await PutAsync(store, "KEY", "upper");

        Assert.Equal("lower", await ReadAsync(store, "key"));
        Assert.Equal("upper", await ReadAsync(store, "KEY"));
    }

    /// <summary>What is out of range is refused at once.</summary>
    [Fact]
    public async Task What_Is_Out_Of_Range_Is_Refused()
    {
        var store = await ConnectAsync();
        foreach (var key in (string[])["", new string('k', IJobStore.MaxKeyLength + 1)])
        {
            await Assert.ThrowsAnyAsync<ArgumentException>(async () => await store.GetAsync(key, Token));
            await Assert.ThrowsAnyAsync<ArgumentException>(() => PutAsync(store, key, "v"));
            await Assert.ThrowsAnyAsync<ArgumentException>(async () => await store.DeleteAsync(key, StoreCondition.Always, Token));
            await Assert.ThrowsAnyAsync<ArgumentException>(async () => await store.WatchAsync(key, Token).GetAsyncEnumerator(Token).MoveNextAsync());
        }

        await Assert.ThrowsAnyAsync<ArgumentException>(() => PutAsync(store, "k", "v", expiry: TimeSpan.Zero));
        await Assert.ThrowsAnyAsync<ArgumentException>(async () => await store.PutAsync("k", new byte[store.Features.MaxValueBytes + 1], StoreCondition.Always, expiry: null, Token));
        Assert.Null(await store.GetAsync("k", Token));
    }

    /// <summary>A value as long as the store says is kept.</summary>
    [Fact]
    public async Task The_Longest_Value_Is_Kept()
    {
        var store = await ConnectAsync();
        var value = new byte[store.Features.MaxValueBytes];
        new Random(17).NextBytes(value);

        await store.PutAsync("k", value, StoreCondition.Always, expiry: null, Token);

        Assert.True((await store.GetAsync("k", Token))!.Value.Span.SequenceEqual(value));
    }

    /// <summary>Versions of a key only grow, also when it was deleted or expired meanwhile.</summary>
    [Fact]
    public async Task Versions_Grow()
    {
        var store = await ConnectAsync();
        var versions = new List<long>();
        versions.Add((await PutAsync(store, "k", "1")).Version);
        versions.Add((await PutAsync(store, "k", "2", expiry: Fixture.Expiry)).Version);
        await ExpireAsync();
        versions.Add((await PutAsync(store, "k", "3")).Version);
        await store.DeleteAsync("k", StoreCondition.Always, Token);
        versions.Add((await PutAsync(store, "k", "4", StoreCondition.IfAbsent)).Version);
        versions.Add((await PutAsync(store, "k", "5", StoreCondition.IfVersion(versions[^1]))).Version);
        versions.Add((await PutAsync(store, "k", "6", StoreCondition.IfNotNewer(1))).Version);

        Assert.True(versions[0] > 0);
        Assert.Equal(versions.Distinct().Order(), versions);
    }

    /// <summary>A condition that does not hold changes nothing, and the answer says which version is there.</summary>
    [Fact]
    public async Task A_Condition_That_Does_Not_Hold_Changes_Nothing()
    {
        var store = await ConnectAsync();
        Assert.Equal(new StoreWriteResult(false, 0), await PutAsync(store, "k", "1", StoreCondition.IfVersion(1)));
        var first = await PutAsync(store, "k", "1", StoreCondition.IfAbsent);
        Assert.True(first.Written);

        Assert.Equal(new StoreWriteResult(false, first.Version), await PutAsync(store, "k", "2", StoreCondition.IfAbsent));
        Assert.Equal(new StoreWriteResult(false, first.Version), await PutAsync(store, "k", "2", StoreCondition.IfVersion(first.Version + 1)));
        Assert.Equal("1", await ReadAsync(store, "k"));

        var second = await PutAsync(store, "k", "2", StoreCondition.IfVersion(first.Version));
        Assert.True(second.Written);
        Assert.False((await PutAsync(store, "k", "3", StoreCondition.IfVersion(first.Version))).Written);
        Assert.Equal("2", await ReadAsync(store, "k"));
    }

    /// <summary>A write of a lower order than what is there does not happen; other writes leave the order as it is.</summary>
    [Fact]
    public async Task A_Higher_Order_Fences_Off_Lower_Ones()
    {
        var store = await ConnectAsync();
        var high = await PutAsync(store, "k", "7", StoreCondition.IfNotNewer(7));
        Assert.True(high.Written);
        Assert.Equal(new StoreWriteResult(false, high.Version), await PutAsync(store, "k", "6", StoreCondition.IfNotNewer(6)));
        Assert.Equal("7", await ReadAsync(store, "k"));

        Assert.True((await PutAsync(store, "k", "7 again", StoreCondition.IfNotNewer(7))).Written);
        var plain = await PutAsync(store, "k", "whatever");
        Assert.True((await PutAsync(store, "k", "by version", StoreCondition.IfVersion(plain.Version))).Written);
        Assert.False((await PutAsync(store, "k", "6", StoreCondition.IfNotNewer(6))).Written);
        Assert.Equal(7, (await store.GetAsync("k", Token))!.Order);

        Assert.True((await PutAsync(store, "k", "highest", StoreCondition.IfNotNewer(StoreCondition.MaxOrder))).Written);
        Assert.False((await PutAsync(store, "k", "one below", StoreCondition.IfNotNewer(StoreCondition.MaxOrder - 1))).Written);
        Assert.Equal(StoreCondition.MaxOrder, (await store.GetAsync("k", Token))!.Order);

        await store.DeleteAsync("k", StoreCondition.Always, Token);
        Assert.True((await PutAsync(store, "k", "anew", StoreCondition.IfNotNewer(0))).Written);
    }

    /// <summary>Long values are fenced as short ones are.</summary>
    [Fact]
    public async Task Long_Values_Are_Fenced_Too()
    {
        var store = await ConnectAsync();
        var values = Enumerable.Range(0, 4).Select(static i => new string((char)('a' + i), 30_000)).ToArray();

        Assert.True((await PutAsync(store, "k", values[0], StoreCondition.IfNotNewer(2))).Written);
        Assert.False((await PutAsync(store, "k", values[1], StoreCondition.IfNotNewer(1))).Written);
        Assert.False((await PutAsync(store, "k", "short", StoreCondition.IfNotNewer(1))).Written);
        Assert.Equal(values[0], await ReadAsync(store, "k"));

        Assert.True((await PutAsync(store, "k", "short", StoreCondition.IfNotNewer(3))).Written);
        Assert.False((await PutAsync(store, "k", values[2], StoreCondition.IfNotNewer(2))).Written);
        Assert.True((await PutAsync(store, "k", values[3])).Written);
        Assert.Equal((values[3], 3L), (await ReadAsync(store, "k"), (await store.GetAsync("k", Token))!.Order));
    }

    /// <summary>Of writers with the same condition one wins, whichever process they are in.</summary>
    [Fact]
    public async Task Of_Writers_With_The_Same_Condition_One_Wins()
    {
        var stores = new[] { await ConnectAsync(), await ConnectAsync() };
        for (var round = 0; round < 5; round++)
        {
            var absent = await RaceAsync(stores, $"k{round}", StoreCondition.IfAbsent);
            await RaceAsync(stores, $"k{round}", StoreCondition.IfVersion(absent));
        }
    }

    /// <summary>Increments by read and conditional write are all counted.</summary>
    [Fact]
    public async Task Contended_Increments_All_Count()
    {
        const int Each = 10;
        var stores = new[] { await ConnectAsync(), await ConnectAsync() };
        await PutAsync(stores[0], "sum", "0");

        await WithinAsync(Task.WhenAll(Enumerable.Range(0, 8).Select(i => Task.Run(async () =>
        {
            for (var done = 0; done < Each;)
            {
                var entry = (await stores[i % 2].GetAsync("sum", Token))!;
                var next = int.Parse(TextOf(entry)!, System.Globalization.CultureInfo.InvariantCulture) + 1;
                done += (await PutAsync(stores[i % 2], "sum", $"{next}", StoreCondition.IfVersion(entry.Version))).Written ? 1 : 0;
            }
        }))));

        Assert.Equal($"{8 * Each}", await ReadAsync(stores[0], "sum"));
    }

    /// <summary>Whatever the order in which fenced writes arrive, the highest stays.</summary>
    [Fact]
    public async Task Of_Contended_Orders_The_Highest_Stays()
    {
        var stores = new[] { await ConnectAsync(), await ConnectAsync() };
        var orders = Enumerable.Range(1, 100).ToArray();
        new Random(17).Shuffle(orders);

        await WithinAsync(Task.WhenAll(orders.Select(order => Task.Run(() => PutAsync(stores[order % 2], "k", $"{order}", StoreCondition.IfNotNewer(order))))));

        Assert.Equal("100", await ReadAsync(stores[0], "k"));
    }

    /// <summary>Deletes are conditional, too.</summary>
    [Fact]
    public async Task Deletes_Are_Conditional()
    {
        var store = await ConnectAsync();
        Assert.True((await store.DeleteAsync("k", StoreCondition.Always, Token)).Written);
        Assert.True((await store.DeleteAsync("k", StoreCondition.IfAbsent, Token)).Written);
        Assert.True((await store.DeleteAsync("k", StoreCondition.IfNotNewer(0), Token)).Written);
        Assert.Equal(new StoreWriteResult(false, 0), await store.DeleteAsync("k", StoreCondition.IfVersion(1), Token));

        var put = await PutAsync(store, "k", "v", StoreCondition.IfNotNewer(5));
        Assert.Equal(new StoreWriteResult(false, put.Version), await store.DeleteAsync("k", StoreCondition.IfVersion(put.Version + 1), Token));
        Assert.Equal(new StoreWriteResult(false, put.Version), await store.DeleteAsync("k", StoreCondition.IfNotNewer(4), Token));
        Assert.Equal(new StoreWriteResult(false, put.Version), await store.DeleteAsync("k", StoreCondition.IfAbsent, Token));
        Assert.Equal("v", await ReadAsync(store, "k"));

        Assert.Equal(new StoreWriteResult(true, 0), await store.DeleteAsync("k", StoreCondition.IfNotNewer(5), Token));
        Assert.Null(await store.GetAsync("k", Token));
    }

    /// <summary>Applications on one server do not meet, though the name of one begins like the other's.</summary>
    [Fact]
    public async Task Namespaces_Are_Kept_Apart()
    {
        var store = await ConnectAsync();
        var stranger = await ConnectAsync(suffix: "x");
        await PutAsync(store, "k", "ours");

        Assert.Null(await stranger.GetAsync("k", Token));
        await stranger.DeleteAsync("k", StoreCondition.Always, Token);

        Assert.Equal("ours", await ReadAsync(store, "k"));
    }

    /// <summary>A call whose token was cancelled before does nothing.</summary>
    [Fact]
    public async Task A_Cancelled_Call_Does_Nothing()
    {
        var store = await ConnectAsync();
        var cancelled = new CancellationToken(canceled: true);

        await Assert.ThrowsAnyAsync<OperationCanceledException>(async () => await store.PutAsync("k", Bytes("v"), StoreCondition.Always, expiry: null, cancelled));
        await Assert.ThrowsAnyAsync<OperationCanceledException>(async () => await store.GetAsync("k", cancelled));
        await Assert.ThrowsAnyAsync<OperationCanceledException>(async () => await store.DeleteAsync("k", StoreCondition.Always, cancelled));
        await Assert.ThrowsAnyAsync<OperationCanceledException>(async () => await store.WatchAsync("k", cancelled).GetAsyncEnumerator(cancelled).MoveNextAsync());

        Assert.Null(await store.GetAsync("k", Token));
    }

    /// <summary>A store that was disposed says so.</summary>
    [Fact]
    public async Task A_Disposed_Store_Says_So()
    {
        var store = await ConnectAsync();
        await PutAsync(store, "k", "v");
        await store.DisposeAsync();

        await Assert.ThrowsAsync<ObjectDisposedException>(async () => await store.GetAsync("k", Token));
        await Assert.ThrowsAsync<ObjectDisposedException>(() => PutAsync(store, "k", "v"));
    }

    private async Task<long> RaceAsync(IJobStore[] stores, string key, StoreCondition condition)
    {
        var results = await WithinAsync(Task.WhenAll(Enumerable.Range(0, 50).Select(i => Task.Run(() => PutAsync(stores[i % stores.Length], key, $"{i}", condition)))));
        var winner = Assert.Single(results, static result => result.Written);
        Assert.Equal($"{Array.IndexOf(results, winner)}", await ReadAsync(stores[0], key));
        return winner.Version;
    }
}
