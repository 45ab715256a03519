using Jobs.Brokers;
using Jobs.Memory;
using Jobs.Stores;

namespace Jobs.Testing;

/// <summary>A store that outlives the host that uses it.</summary>
internal sealed class BorrowedStore(MemoryStore inner) : IIndexedStore, IPermitStore
{
    public string Name => inner.Name;

    public StoreFeatures Features => inner.Features;

    public BrokerHealth Health => inner.Health;

    public ValueTask<StoreEntry?> GetAsync(string key, CancellationToken cancellationToken = default) => inner.GetAsync(key, cancellationToken);

    public ValueTask<StoreWriteResult> PutAsync(string key, ReadOnlyMemory<byte> value, StoreCondition condition, TimeSpan? expiry, CancellationToken cancellationToken = default) =>
        inner.PutAsync(key, value, condition, expiry, cancellationToken);

    public ValueTask<StoreWriteResult> DeleteAsync(string key, StoreCondition condition, CancellationToken cancellationToken = default) =>
        inner.DeleteAsync(key, condition, cancellationToken);

    public IAsyncEnumerable<StoreEntry?> WatchAsync(string key, CancellationToken cancellationToken = default) => inner.WatchAsync(key, cancellationToken);

    public ValueTask WriteAsync(ReadOnlyMemory<StoreWrite> writes, Memory<StoreWriteResult> results, CancellationToken cancellationToken = default) =>
        inner.WriteAsync(writes, results, cancellationToken);

    public ValueTask GetManyAsync(ReadOnlyMemory<string> keys, Memory<StoreEntry?> entries, CancellationToken cancellationToken = default) =>
        inner.GetManyAsync(keys, entries, cancellationToken);

    public ValueTask CountAsync(ReadOnlyMemory<string> indexes, Memory<long> counts, CancellationToken cancellationToken = default) =>
        inner.CountAsync(indexes, counts, cancellationToken);

    public ValueTask<StorePage> PageAsync(string index, string? cursor, int take, CancellationToken cancellationToken = default) =>
        inner.PageAsync(index, cursor, take, cancellationToken);

    public ValueTask<bool> AcquireAsync(string key, string owner, int limit, TimeSpan expiry, CancellationToken cancellationToken = default) =>
        inner.AcquireAsync(key, owner, limit, expiry, cancellationToken);

    public ValueTask RenewAsync(ReadOnlyMemory<StorePermit> permits, TimeSpan expiry, Memory<bool> held, CancellationToken cancellationToken = default) =>
        inner.RenewAsync(permits, expiry, held, cancellationToken);

    public ValueTask<bool> ReleaseAsync(string key, string owner, CancellationToken cancellationToken = default) =>
        inner.ReleaseAsync(key, owner, cancellationToken);

    public ValueTask<int> CountHeldAsync(string key, CancellationToken cancellationToken = default) => inner.CountHeldAsync(key, cancellationToken);

    public ValueTask DisposeAsync() => default;
}
