using Jobs.Stores;
using Xunit;

namespace Jobs.Brokers.Conformance.Stores;

/// <content>Watches.</content>
public abstract partial class StoreConformance<TFixture>
{
    /// <summary>A watch begins with what is, and sees what other processes write and delete, and what expires.</summary>
    [Fact]
    public async Task A_Watch_Follows_Writes_Deletes_And_Expiry()
    {
        var store = await ConnectAsync();
        var other = await ConnectAsync();
        await using var watch = store.WatchAsync("k", Token).GetAsyncEnumerator(Token);

        Assert.Null(await NextAsync(watch));
        var written = await PutAsync(other, "k", "1", StoreCondition.IfNotNewer(3));
        var seen = await NextAsync(watch);
        Assert.Equal(("k", "1", written.Version, 3L), (seen!.Key, TextOf(seen), seen.Version, seen.Order));
        await other.DeleteAsync("k", StoreCondition.Always, Token);
        Assert.Null(await NextAsync(watch));
        await PutAsync(other, "k", "2", expiry: Fixture.Expiry);
        Assert.Equal("2", TextOf(await NextAsync(watch)));
        var gone = NextAsync(watch);
        await ExpireAsync();
        Assert.Null(await gone);
    }

    /// <summary>A watch that begins late sees what is there.</summary>
    [Fact]
    public async Task A_Watch_Begins_With_What_Is()
    {
        var store = await ConnectAsync();
        await PutAsync(store, "k", "there");
        await using var watch = store.WatchAsync("k", Token).GetAsyncEnumerator(Token);

        Assert.Equal("there", TextOf(await NextAsync(watch)));
    }

    /// <summary>However fast the writes, each watch ends with the last; nothing goes back in time.</summary>
    [Fact]
    public async Task A_Watch_Ends_With_The_Last_Write()
    {
        var store = await ConnectAsync();
        var other = await ConnectAsync();
        await using var prompt = store.WatchAsync("k", Token).GetAsyncEnumerator(Token);
        await using var slow = store.WatchAsync("k", Token).GetAsyncEnumerator(Token);
        await NextAsync(prompt);
        await NextAsync(slow);

        var following = UntilAsync(prompt, "199");
        for (var i = 0; i < 200; i++)
        {
            await PutAsync(other, "k", $"{i}");
        }

        var versions = await following;
        Assert.Equal(versions.Order(), versions);
        await UntilAsync(slow, "199");
    }

    /// <summary>Watches of many keys each see their own.</summary>
    [Fact]
    public async Task Watches_See_Their_Own_Key()
    {
        var store = await ConnectAsync();
        var other = await ConnectAsync();
        var keys = Enumerable.Range(0, 50).Select(static i => $"k{i}").Concat(["k", "k.>", "k*", "k:", "k:1", "k:1:2", "l:1", ":"]).ToArray();
        using var cancellation = CancellationTokenSource.CreateLinkedTokenSource(Token);
        var watching = keys.Select(key => Task.Run(async () =>
        {
            await foreach (var entry in store.WatchAsync(key, cancellation.Token))
            {
                if (entry is not null)
                {
                    return TextOf(entry);
                }
            }

            return null;
        })).ToArray();

        foreach (var key in keys)
        {
            await PutAsync(other, key, $"of {key}");
        }

        Assert.Equal(keys.Select(static key => $"of {key}"), await WithinAsync(Task.WhenAll(watching)));
    }

    /// <summary>A write of a batch is seen like any other.</summary>
    [Fact]
    public async Task A_Watch_Sees_Writes_Of_A_Batch()
    {
        var store = await ConnectAsync<IBatchedStore>();
        await using var watch = store.WatchAsync("b", Token).GetAsyncEnumerator(Token);
        await NextAsync(watch);

        await store.WriteAsync((StoreWrite[])[Write("a", "1"), Write("b", "2")], new StoreWriteResult[2], Token);

        Assert.Equal("2", TextOf(await NextAsync(watch)));
    }

    /// <summary>A watch ends with its token, or with its store; others go on.</summary>
    [Fact]
    public async Task A_Watch_Ends_With_Its_Token_Or_Its_Store()
    {
        var store = await ConnectAsync();
        using var cancellation = new CancellationTokenSource();
        await using var cancelled = store.WatchAsync("k", cancellation.Token).GetAsyncEnumerator(Token);
        await using var ended = store.WatchAsync("k", Token).GetAsyncEnumerator(Token);
        await NextAsync(cancelled);
        await NextAsync(ended);

        var waiting = cancelled.MoveNextAsync().AsTask();
        await cancellation.CancelAsync();
        await Assert.ThrowsAnyAsync<OperationCanceledException>(() => WithinAsync(waiting));
        await PutAsync(store, "k", "v");
        Assert.Equal("v", TextOf(await NextAsync(ended)));

        var last = ended.MoveNextAsync().AsTask();
        await store.DisposeAsync();
        Assert.False(await WithinAsync(last));
    }

    private async Task<StoreEntry?> NextAsync(IAsyncEnumerator<StoreEntry?> watch)
    {
        Assert.True(await WithinAsync(watch.MoveNextAsync().AsTask()));
        return watch.Current;
    }

    // The versions that were seen on the way.
    private async Task<List<long>> UntilAsync(IAsyncEnumerator<StoreEntry?> watch, string value)
    {
        var versions = new List<long>();
        while (TextOf(await NextAsync(watch)) != value)
        {
            versions.Add(watch.Current!.Version);
        }

        return versions;
    }
}
