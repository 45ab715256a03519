using Jobs.Stores;

namespace Jobs.Testing;

/// <summary>A store that outlives the host that uses it.</summary>
internal sealed class BorrowedStore(IJobStore inner) : IJobStore
{
    public string Name => inner.Name;

    public ValueTask<StoreEntry?> GetAsync(string key, CancellationToken cancellationToken = default) => inner.GetAsync(key, cancellationToken);

    public ValueTask<StoreWriteResult> PutAsync(string key, ReadOnlyMemory<byte> value, StoreCondition condition, TimeSpan? expiry, CancellationToken cancellationToken = default) =>
        inner.PutAsync(key, value, condition, expiry, cancellationToken);

    public ValueTask<StoreWriteResult> DeleteAsync(string key, StoreCondition condition, CancellationToken cancellationToken = default) =>
        inner.DeleteAsync(key, condition, cancellationToken);

    public IAsyncEnumerable<StoreEntry?> WatchAsync(string key, CancellationToken cancellationToken = default) => inner.WatchAsync(key, cancellationToken);

    public ValueTask DisposeAsync() => default;
}
