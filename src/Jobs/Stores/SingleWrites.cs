using Jobs.Brokers;

namespace Jobs.Stores;

/// <summary>Makes a store that takes one write at a time look like one that takes many.</summary>
internal sealed class SingleWrites(IJobStore inner) : IBatchedStore
{
    public string Name => inner.Name;

    public StoreFeatures Features => inner.Features;

    public BrokerHealth Health => inner.Health;

    /// <summary>The store itself, if it takes many writes.</summary>
    public static IBatchedStore Over(IJobStore store) => store as IBatchedStore ?? new SingleWrites(store);

    public ValueTask<StoreEntry?> GetAsync(string key, CancellationToken cancellationToken = default) => inner.GetAsync(key, cancellationToken);

    public ValueTask<StoreWriteResult> PutAsync(string key, ReadOnlyMemory<byte> value, StoreCondition condition, TimeSpan? expiry, CancellationToken cancellationToken = default) =>
        inner.PutAsync(key, value, condition, expiry, cancellationToken);

    public ValueTask<StoreWriteResult> DeleteAsync(string key, StoreCondition condition, CancellationToken cancellationToken = default) =>
        inner.DeleteAsync(key, condition, cancellationToken);

    public IAsyncEnumerable<StoreEntry?> WatchAsync(string key, CancellationToken cancellationToken = default) => inner.WatchAsync(key, cancellationToken);

    public async ValueTask WriteAsync(ReadOnlyMemory<StoreWrite> writes, Memory<StoreWriteResult> results, CancellationToken cancellationToken = default)
    {
        for (var i = 0; i < writes.Length; i++)
        {
            var write = writes.Span[i];
            var result = write.Value is { } value
                ? await inner.PutAsync(write.Key, value, write.Condition, write.Expiry, cancellationToken).ConfigureAwait(false)
                : await inner.DeleteAsync(write.Key, write.Condition, cancellationToken).ConfigureAwait(false);
            results.Span[i] = result;
        }
    }

    public async ValueTask GetManyAsync(ReadOnlyMemory<string> keys, Memory<StoreEntry?> entries, CancellationToken cancellationToken = default)
    {
        for (var i = 0; i < keys.Length; i++)
        {
            var entry = await inner.GetAsync(keys.Span[i], cancellationToken).ConfigureAwait(false);
            entries.Span[i] = entry;
        }
    }

    // It wraps what the host owns.
    public ValueTask DisposeAsync() => default;
}
