using System.Text;
using Jobs.Brokers.Redis.Protocol;
using Jobs.Brokers.Redis.Stores;
using Jobs.Brokers.Tests.Redis.Protocol;
using Jobs.Stores;

namespace Jobs.Brokers.Tests.Stores;

/// <summary>The Redis store on a cluster, whose slots are here today and there tomorrow.</summary>
public sealed class RedisStoreScenarios(RedisClusterStoreFixture fixture) : IClassFixture<RedisClusterStoreFixture>
{
    private static readonly TimeSpan Patience = TimeSpan.FromSeconds(60);

    private static CancellationToken Token => TestContext.Current.CancellationToken;

    [Fact]
    public async Task A_watch_that_is_the_first_thing_a_process_does_listens_at_the_node_that_has_the_store()
    {
        foreach (var node in fixture.Cluster.Nodes)
        {
            // Named after its place in the slots, so that each node serves one, whichever is asked first.
            var @namespace = Enumerable.Range(0, 100).Select(static i => $"first{i}").First(name => fixture.Cluster.Owner(RedisSlot.Of(new StoreKeys(name).Version)) == node);

            // It must listen there from the start: the next look around is far away.
            await using var watching = fixture.Open(@namespace, deadAfter: Patience * 10);
            await using var writing = fixture.Open(@namespace);
            await using var watch = watching.WatchAsync("k", Token).GetAsyncEnumerator(Token);
            Assert.Null(await NextAsync(watch));

            // The first may be seen because the node, whichever it is, confirms that it is listened to only now.
            foreach (var value in (string[])["1", "2"])
            {
                await PutAsync(writing, "k", value);
                Assert.Equal(value, await NextAsync(watch));
            }
        }
    }

    [Fact]
    [Trait("Scenario", "23")]
    public async Task Entries_conditions_and_watches_move_with_the_slot_of_their_store()
    {
        const string Namespace = "moving";
        await using var store = fixture.Open(Namespace);
        await using var other = fixture.Open(Namespace);
        var index = new StoreIndex("index", 1_000);
        var writes = Enumerable.Range(0, 20).Select(i => new StoreWrite { Key = $"k{i}", Value = "1"u8.ToArray(), Index = index }).ToArray();
        var results = new StoreWriteResult[writes.Length];
        await store.WriteAsync(writes, results, Token);
        Assert.True(await store.AcquireAsync("permit", "a", 1, TimeSpan.FromMinutes(5), Token));
        await using var watch = other.WatchAsync("k0", Token).GetAsyncEnumerator(Token);
        Assert.Equal("1", await NextAsync(watch));

        await fixture.Cluster.MoveAsync(new StoreKeys(Namespace).Version);

        Assert.True((await store.PutAsync("k0", "2"u8.ToArray(), StoreCondition.IfVersion(results[0].Version), expiry: null, Token)).Written);
        Assert.False((await store.PutAsync("k0", "3"u8.ToArray(), StoreCondition.IfVersion(results[0].Version), expiry: null, Token)).Written);
        Assert.False(await other.AcquireAsync("permit", "b", 1, TimeSpan.FromMinutes(5), Token));

        // Without the one that was written again, to no index.
        Assert.Equal(19, (await other.PageAsync("index", null, 100, Token)).Entries.Count);
        Assert.Equal("2", await NextAsync(watch));
        await PutAsync(store, "k0", "4");
        Assert.Equal("4", await NextAsync(watch));
    }

    private static async Task PutAsync(RedisStore store, string key, string value) =>
        await store.PutAsync(key, Encoding.UTF8.GetBytes(value), StoreCondition.Always, expiry: null, Token);

    private static async Task<string?> NextAsync(IAsyncEnumerator<StoreEntry?> watch)
    {
        Assert.True(await watch.MoveNextAsync().AsTask().WaitAsync(Patience, TimeProvider.System, Token));
        return watch.Current is { } entry ? Encoding.UTF8.GetString(entry.Value.Span) : null;
    }
}
