using Jobs.Memory;
using Jobs.Stores;
using Jobs.Testing;

namespace Jobs.Tests.Memory;

/// <summary>What only a clock that stands still can show; the rest is the store suite's.</summary>
public sealed class MemoryStoreTests : IAsyncDisposable
{
    private readonly FakeTimeProvider _clock = new();
    private readonly MemoryStore _store;

    public MemoryStoreTests() => _store = new MemoryStore(_clock);

    public ValueTask DisposeAsync() => _store.DisposeAsync();

    private static CancellationToken Token => TestContext.Current.CancellationToken;

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

    private async Task<StoreWriteResult> PutAsync(string key, byte[] value, StoreCondition condition = default, TimeSpan? expiry = null) =>
        await _store.PutAsync(key, value, condition, expiry, Token);
}
