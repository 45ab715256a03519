using Jobs.Brokers.Conformance.Faults;
using Jobs.Brokers.Tests.Stores;
using Jobs.Memory;
using Jobs.Stores;
using static Jobs.Brokers.Tests.Redis.Sending.ConditionalPair;

namespace Jobs.Brokers.Tests.Redis.Sending;

/// <summary>Messages that are taken only if a write to the store beside the broker holds.</summary>
public sealed class ConditionalSendTests(RedisStoreFixture fixture) : IClassFixture<RedisStoreFixture>, IAsyncLifetime
{
    private readonly ConditionalPair _pair = new(fixture.Server!.EndPoint);

    private static CancellationToken Token => TestContext.Current.CancellationToken;

    public ValueTask InitializeAsync() => _pair.ProvisionAsync();

    public ValueTask DisposeAsync() => _pair.DisposeAsync();

    [Fact]
    public async Task What_is_written_is_an_entry_as_the_store_writes_them()
    {
        await _pair.Store.PutAsync("before", default, StoreCondition.Always, expiry: null, Token);
        var (results, written) = await _pair.SendAsync((Message("a"), Put("k", "1") with { Expiry = TimeSpan.FromHours(1) }));
        var after = await _pair.Store.PutAsync("after", default, StoreCondition.Always, expiry: null, Token);

        Assert.Equal(SendStatus.Accepted, results[0].Status);
        Assert.True(written[0].Written);
        Assert.InRange(written[0].Version, (await _pair.Store.GetAsync("before", Token))!.Version + 1, after.Version - 1);
        var entry = await _pair.Store.GetAsync("k", Token);
        Assert.Equal((written[0].Version, 0, "1"), (entry!.Version, entry.Order, await _pair.ReadAsync("k")));
        Assert.False((await _pair.Store.PutAsync("k", default, StoreCondition.IfVersion(entry.Version - 1), expiry: null, Token)).Written);
        Assert.True((await _pair.Store.PutAsync("k", default, StoreCondition.IfVersion(entry.Version), expiry: null, Token)).Written);
        Assert.Equal(1, (await _pair.DepthAsync()).Waiting);
    }

    [Fact]
    public async Task What_is_written_expires()
    {
        await _pair.SendAsync((Message("a"), Put("k", "1") with { Expiry = TimeSpan.FromMilliseconds(50) }));
        await Protocol.Clients.UntilAsync(async () => await _pair.ReadAsync("k") is null);

        Assert.Equal(SendStatus.Accepted, (await _pair.SendAsync((Message("b"), Put("k", "2")))).Results[0].Status);
    }

    [Fact]
    public async Task A_message_whose_write_does_not_hold_is_not_sent_and_the_version_is_told()
    {
        var there = await _pair.Store.PutAsync("k", "1"u8.ToArray(), StoreCondition.Always, expiry: null, Token);

        var (results, written) = await _pair.SendAsync((Message("a"), Put("k", "2")), (Message("b"), Put("none", "2", StoreCondition.IfVersion(7))), (Message("c"), Put("free", "2")));

        Assert.Equal([SendStatus.Conflict, SendStatus.Conflict, SendStatus.Accepted], results.Select(static result => result.Status));
        Assert.Equal([new(false, there.Version), new(false, 0)], written[..2]);
        Assert.Equal(written[2].Version, (await _pair.Store.GetAsync("free", Token))!.Version);
        Assert.Equal(("1", null), (await _pair.ReadAsync("k"), await _pair.ReadAsync("none")));
        Assert.Equal(1, (await _pair.DepthAsync()).Waiting);
    }

    [Fact]
    public async Task Of_one_key_in_one_call_each_finds_what_those_before_wrote()
    {
        var (results, written) = await _pair.SendAsync(
            (Message("a"), Put("other", "1")),
            (Message("b"), Put("k", "1")),
            (Message("c"), Put("k", "2")),
            (Message("d"), Put("k", "3", StoreCondition.Always)),
            (Message("e"), Put("k", "4", StoreCondition.IfNotNewer(5))),
            (Message("f"), Put("k", "5", StoreCondition.IfNotNewer(4))));

        Assert.Equal(
            [SendStatus.Accepted, SendStatus.Accepted, SendStatus.Conflict, SendStatus.Accepted, SendStatus.Accepted, SendStatus.Conflict],
            results.Select(static result => result.Status));
        Assert.Equal((written[1].Version, written[4].Version), (written[2].Version, written[5].Version));
        Assert.Equal(4, written.Where(static write => write.Written).Select(static write => write.Version).Distinct().Count());
        var entry = await _pair.Store.GetAsync("k", Token);
        Assert.Equal((written[4].Version, 5, "4"), (entry!.Version, entry.Order, await _pair.ReadAsync("k")));
        Assert.Equal(4, (await _pair.DepthAsync()).Waiting);
    }

    [Fact]
    public async Task Entries_move_between_indexes_and_may_be_deleted()
    {
        var index = new StoreIndex("index", 10);
        await _pair.Store.PutAsync("gone", "1"u8.ToArray(), StoreCondition.Always, expiry: null, Token);
        var (results, written) = await _pair.SendAsync((Message("a"), Put("k", "1") with { Index = index }), (Message("b"), new StoreWrite { Key = "gone" }));

        Assert.All(results, static result => Assert.Equal(SendStatus.Accepted, result.Status));
        Assert.Equal(new StoreWriteResult(true, 0), written[1]);
        Assert.Equal(["k"], (await _pair.Store.PageAsync("index", null, 10, Token)).Entries.Select(static entry => entry.Key));
        Assert.Null(await _pair.ReadAsync("gone"));
    }

    [Fact]
    public async Task Whoever_watches_sees_it()
    {
        await using var watch = _pair.Store.WatchAsync("k", Token).GetAsyncEnumerator(Token);
        Assert.True(await watch.MoveNextAsync());
        Assert.Null(watch.Current);

        await _pair.SendAsync((Message("a"), Put("k", "1")));

        Assert.True(await watch.MoveNextAsync().AsTask().WaitAsync(fixture.Patience, TimeProvider.System, Token));
        Assert.NotNull(watch.Current);
    }

    [Fact]
    public async Task A_full_queue_refuses_what_could_be_written_and_nothing_is()
    {
        await _pair.ProvisionAsync(limit: 1);
        var (results, _) = await _pair.SendAsync((Message("a"), Put("a", "1")), (Message("b"), Put("b", "1")), (Message("c"), Put("a", "2")));

        Assert.Equal([SendStatus.Accepted, SendStatus.QueueFull, SendStatus.Conflict], results.Select(static result => result.Status));
        Assert.Null(await _pair.ReadAsync("b"));
    }

    [Fact]
    public async Task Who_waits_for_room_writes_when_there_is_some()
    {
        await _pair.ProvisionAsync(limit: 1, QueueFullMode.Wait);
        var sending = _pair.SendAsync((Message("a"), Put("a", "1")), (Message("b"), Put("b", "1")), (Message("c"), Put("a", "2")));
        await Protocol.Clients.UntilAsync(async () => (await _pair.DepthAsync()).Waiting == 1);
        Assert.Null(await _pair.ReadAsync("b"));

        await _pair.Broker.PurgeAsync("default", Token);
        var (results, written) = await sending;

        Assert.Equal([SendStatus.Accepted, SendStatus.Accepted, SendStatus.Conflict], results.Select(static result => result.Status));
        Assert.Equal(written[1].Version, (await _pair.Store.GetAsync("b", Token))!.Version);
        Assert.Equal("1", await _pair.ReadAsync("b"));
    }

    [Theory, InlineData(false), InlineData(true)]
    public async Task A_duplicate_writes_nothing(bool isDelayed)
    {
        var due = isDelayed ? DateTimeOffset.UtcNow.AddHours(1) : (DateTimeOffset?)null;
        await _pair.SendAsync((Message("a", due: due, mayRepeat: true), Put("a", "1")));

        var (results, written) = await _pair.SendAsync((Message("a", due: due, mayRepeat: true), Put("b", "1")), (Message("a", due: due, mayRepeat: true), Put("a", "2")));

        Assert.Equal([SendStatus.Duplicate, SendStatus.Conflict], results.Select(static result => result.Status));
        Assert.False(written[0].Written);
        Assert.Null(await _pair.ReadAsync("b"));
        Assert.Equal(isDelayed ? (0, 1) : (1, 0), ((await _pair.DepthAsync()).Waiting, (await _pair.DepthAsync()).Delayed));
    }

    [Fact]
    public async Task Many_messages_of_several_queues_are_written_each_once()
    {
        await _pair.ProvisionAsync(more: ["second"]);
        var sends = Enumerable.Range(0, 600).Select(static i => (Message($"{i}", i % 3 == 0 ? "second" : "default"), Put($"k{i % 500}", $"{i}")));
        var (results, written) = await _pair.SendAsync([.. sends]);

        Assert.Equal(500, results.Count(static result => result.Status == SendStatus.Accepted));
        Assert.Equal(100, results.Count(static result => result.Status == SendStatus.Conflict));
        Assert.Equal(500, (await _pair.DepthAsync()).Waiting + (await _pair.DepthAsync("second")).Waiting);
        for (var i = 0; i < 600; i++)
        {
            var entry = await _pair.Store.GetAsync($"k{i % 500}", Token);
            Assert.Equal(written[i].Written, entry!.Version == written[i].Version && await _pair.ReadAsync($"k{i % 500}") == $"{i}");
        }
    }

    [Fact]
    public async Task A_write_that_is_out_of_range_sends_nothing()
    {
        await Assert.ThrowsAnyAsync<ArgumentException>(() => _pair.SendAsync((Message("a"), Put("k", "1")), (Message("b"), Put(new string('k', 513), "1"))));
        Assert.Equal((0, null), ((await _pair.DepthAsync()).Waiting, await _pair.ReadAsync("k")));
    }

    // All was done, and nobody heard of it: the batch is sent again under its number.
    [Fact]
    public async Task What_was_taken_before_the_answer_was_lost_is_answered_as_it_was()
    {
        await using var proxy = new TcpProxy(fixture.Server!.EndPoint);
        await using var pair = new ConditionalPair(proxy.EndPoint);
        await using var other = new ConditionalPair(fixture.Server!.EndPoint, @namespace: pair.Namespace);
        await pair.ProvisionAsync();
        await pair.SendAsync((Message("x"), Put("taken", "1")));
        proxy.Stall(ProxyDirection.ToClient);
        var sending = pair.SendAsync((Message("a"), Put("a", "1")), (Message("b"), Put("taken", "2")), (Message("c"), Put("a", "3")), (Message("d"), Put("d", "4")));
        await Protocol.Clients.UntilAsync(async () => await other.ReadAsync("d") == "4");

        // What is there by now is not what is told.
        await other.Store.DeleteAsync("taken", StoreCondition.Always, Token);
        await other.Store.PutAsync("d", "5"u8.ToArray(), StoreCondition.Always, expiry: null, Token);
        proxy.Cut();
        proxy.Resume();
        var (results, written) = await sending;

        Assert.Equal([SendStatus.Accepted, SendStatus.Conflict, SendStatus.Conflict, SendStatus.Accepted], results.Select(static result => result.Status));
        Assert.Equal((await pair.Store.GetAsync("a", Token))!.Version, written[0].Version);
        Assert.Equal((false, written[0].Version), (written[2].Written, written[2].Version));
        Assert.Equal("5", await pair.ReadAsync("d"));
        Assert.Equal(3, (await pair.DepthAsync()).Waiting);
    }

    // Nothing was done, for the server never heard of it.
    [Fact]
    public async Task What_was_lost_on_its_way_is_sent_again()
    {
        await using var proxy = new TcpProxy(fixture.Server!.EndPoint);
        await using var pair = new ConditionalPair(proxy.EndPoint);
        await pair.ProvisionAsync();
        proxy.Stall(ProxyDirection.ToServer);
        var sending = pair.SendAsync((Message("a"), Put("a", "1")));
        proxy.Cut();
        proxy.Resume();

        Assert.Equal(SendStatus.Accepted, (await sending).Results[0].Status);
        Assert.Equal((1, "1"), ((await pair.DepthAsync()).Waiting, await pair.ReadAsync("a")));
    }

    [Fact]
    public async Task It_writes_to_the_store_beside_it_and_to_no_other()
    {
        await _pair.ConnectAsync();
        Assert.True(_pair.Broker.CanWriteTo(_pair.Store));
        Assert.False(_pair.Broker.CanWriteTo(new MemoryStore(TimeProvider.System)));

        await using var proxy = new TcpProxy(fixture.Server!.EndPoint);
        await using var elsewhere = new ConditionalPair(fixture.Server!.EndPoint, storeAt: proxy.EndPoint);
        await using var apart = new ConditionalPair(fixture.Server!.EndPoint, database: 1);
        await using var foreign = new ConditionalPair(fixture.Server!.EndPoint, @namespace: "foreign");
        foreach (var pair in (ConditionalPair[])[elsewhere, apart, foreign])
        {
            await pair.ConnectAsync();
            Assert.False(pair.Broker.CanWriteTo(pair.Store));
        }
    }

    [Fact]
    public async Task Before_the_server_was_seen_nothing_is_known()
    {
        await using var proxy = new TcpProxy(fixture.Server!.EndPoint);
        proxy.Refuse();
        await using var pair = new ConditionalPair(proxy.EndPoint);
        Assert.False(pair.Broker.CanWriteTo(pair.Store));

        proxy.Resume();
        await pair.ConnectAsync();
        Assert.True(pair.Broker.CanWriteTo(pair.Store));
    }
}
