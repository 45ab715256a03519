using Jobs.Memory;
using Jobs.Stores;
using Jobs.Testing;

namespace Jobs.Tests.Memory;

public sealed class MemoryStoreTests : IAsyncDisposable
{
    private readonly FakeTimeProvider _clock = new();
    private readonly MemoryStore _store;

    public MemoryStoreTests() => _store = new MemoryStore(_clock);

    public ValueTask DisposeAsync() => _store.DisposeAsync();

    private static CancellationToken Token => TestContext.Current.CancellationToken;

    [Fact]
    public async Task An_entry_is_a_copy_of_what_was_written()
    {
        byte[] value = [1, 2, 3];
        var written = await PutAsync("k", value);
        value[0] = 9;

        var entry = await _store.GetAsync("k", Token);

        Assert.True(written.Written);
        Assert.Equal(("k", written.Version), (entry!.Key, entry.Version));
        Assert.Equal([1, 2, 3], entry.Value.ToArray());
        Assert.Null(await _store.GetAsync("other", Token));
    }

    [Fact]
    public async Task Each_write_has_a_greater_version_also_after_a_delete_or_an_expiry()
    {
        var first = await PutAsync("k", [1]);
        var second = await PutAsync("k", [2], expiry: TimeSpan.FromSeconds(1));
        _clock.Advance(TimeSpan.FromSeconds(1));
        var third = await PutAsync("k", [3]);
        await _store.DeleteAsync("k", StoreCondition.Always, Token);
        var fourth = await PutAsync("k", [4]);

        Assert.True(first.Version < second.Version && second.Version < third.Version && third.Version < fourth.Version);
    }

    [Fact]
    public async Task A_condition_that_does_not_hold_changes_nothing_and_tells_the_version()
    {
        Assert.Equal(new StoreWriteResult(false, 0), await PutAsync("k", [1], StoreCondition.IfVersion(1)));
        var first = await PutAsync("k", [1], StoreCondition.IfAbsent);
        Assert.True(first.Written);
        Assert.Equal(new StoreWriteResult(false, first.Version), await PutAsync("k", [2], StoreCondition.IfAbsent));
        Assert.Equal(new StoreWriteResult(false, first.Version), await PutAsync("k", [2], StoreCondition.IfVersion(first.Version + 1)));
        Assert.Equal([1], (await _store.GetAsync("k", Token))!.Value.ToArray());

        Assert.True((await PutAsync("k", [2], StoreCondition.IfVersion(first.Version))).Written);
    }

    [Fact]
    public async Task Of_writers_with_the_same_condition_one_wins()
    {
        var first = await PutAsync("k", [0]);

        var results = await Task.WhenAll(Enumerable.Range(0, 50).Select(i => Task.Run(() => PutAsync("k", [(byte)i], StoreCondition.IfVersion(first.Version)))));

        Assert.Single(results, static result => result.Written);
    }

    [Fact]
    public async Task Deleting_what_is_not_there_succeeds_unless_a_version_was_asked_for()
    {
        Assert.True((await _store.DeleteAsync("k", StoreCondition.Always, Token)).Written);
        Assert.False((await _store.DeleteAsync("k", StoreCondition.IfVersion(1), Token)).Written);
        var put = await PutAsync("k", [1]);
        Assert.Equal(new StoreWriteResult(false, put.Version), await _store.DeleteAsync("k", StoreCondition.IfVersion(put.Version + 1), Token));

        Assert.Equal(new StoreWriteResult(true, 0), await _store.DeleteAsync("k", StoreCondition.IfVersion(put.Version), Token));

        Assert.Null(await _store.GetAsync("k", Token));
    }

    [Fact]
    public async Task An_expired_entry_is_not_there()
    {
        await PutAsync("k", [1], expiry: TimeSpan.FromDays(30));
        _clock.Advance(TimeSpan.FromDays(30) - TimeSpan.FromTicks(1));
        Assert.NotNull(await _store.GetAsync("k", Token));
        _clock.Advance(TimeSpan.FromTicks(1));

        Assert.Null(await _store.GetAsync("k", Token));
        Assert.True((await PutAsync("k", [2], StoreCondition.IfAbsent)).Written);
    }

    [Fact]
    public async Task A_later_write_replaces_the_expiry()
    {
        await PutAsync("k", [1], expiry: TimeSpan.FromSeconds(1));
        await PutAsync("k", [2]);

        _clock.Advance(TimeSpan.FromHours(1));

        Assert.NotNull(await _store.GetAsync("k", Token));
        Assert.Null(_clock.NextTimerDue);
    }

    [Fact]
    public async Task A_key_renewed_for_ever_keeps_working()
    {
        for (var i = 0; i < 10_000; i++)
        {
            await PutAsync("lock", [1], expiry: TimeSpan.FromHours(1));
        }

        _clock.Advance(TimeSpan.FromHours(1));

        Assert.Null(await _store.GetAsync("lock", Token));
    }

    [Fact(Timeout = 30_000)]
    public async Task A_watch_begins_with_what_is_and_follows_writes_deletes_and_expiry()
    {
        await using var watch = _store.WatchAsync("k", Token).GetAsyncEnumerator(Token);

        Assert.Null(await NextAsync(watch));
        await PutAsync("k", [1]);
        Assert.Equal([1], await NextAsync(watch));
        await _store.DeleteAsync("k", StoreCondition.Always, Token);
        Assert.Null(await NextAsync(watch));
        await PutAsync("k", [2], expiry: TimeSpan.FromSeconds(5));
        Assert.Equal([2], await NextAsync(watch));
        _clock.Advance(TimeSpan.FromSeconds(5));
        Assert.Null(await NextAsync(watch));
    }

    [Fact(Timeout = 30_000)]
    public async Task A_slow_watch_skips_to_the_last_change()
    {
        await using var watch = _store.WatchAsync("k", Token).GetAsyncEnumerator(Token);
        await NextAsync(watch);
        for (var i = 0; i < 100; i++)
        {
            await PutAsync("k", [(byte)i]);
        }

        Assert.Equal([99], await NextAsync(watch));
    }

    [Fact]
    public async Task A_watch_ends_with_its_token_or_the_store()
    {
        using var cancellation = new CancellationTokenSource();
        await using var cancelled = _store.WatchAsync("k", cancellation.Token).GetAsyncEnumerator(Token);
        await using var ended = _store.WatchAsync("k", Token).GetAsyncEnumerator(Token);
        await NextAsync(cancelled);
        await NextAsync(ended);

        await cancellation.CancelAsync();
        await Assert.ThrowsAnyAsync<OperationCanceledException>(async () => await cancelled.MoveNextAsync());
        await _store.DisposeAsync();
        Assert.False(await ended.MoveNextAsync());
    }

    [Theory]
    [InlineData(0)]
    [InlineData(513)]
    public async Task A_key_has_1_to_512_characters(int length) =>
        await Assert.ThrowsAnyAsync<ArgumentException>(async () => await _store.GetAsync(new string('k', length), Token));

    private static async Task<byte[]?> NextAsync(IAsyncEnumerator<StoreEntry?> watch)
    {
        Assert.True(await watch.MoveNextAsync());
        return watch.Current?.Value.ToArray();
    }

    private async Task<StoreWriteResult> PutAsync(string key, byte[] value, StoreCondition condition = default, TimeSpan? expiry = null) =>
        await _store.PutAsync(key, value, condition, expiry, Token);
}
