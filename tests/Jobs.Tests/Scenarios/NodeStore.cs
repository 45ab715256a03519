using System.Runtime.CompilerServices;
using Jobs.Brokers;
using Jobs.Memory;
using Jobs.Stores;

namespace Jobs.Tests.Scenarios;

/// <summary>One node's line to the store that all nodes share, which can be cut.</summary>
internal sealed class NodeStore(MemoryStore inner) : IIndexedStore, IPermitStore
{
    /// <summary>True while this node does not reach the store.</summary>
    public bool IsAway { get; set; }

    /// <summary>Called before each write of an entry, with its key.</summary>
    public Func<string, Task>? OnPut { get; set; }

    /// <summary>Called before each write of several entries at once, and before each that deletes one.</summary>
    public Action? OnWrite { get; set; }

    public string Name => inner.Name;

    public StoreFeatures Features => inner.Features;

    public BrokerHealth Health => inner.Health;

    public ValueTask<StoreEntry?> GetAsync(string key, CancellationToken cancellationToken = default) => There().GetAsync(key, cancellationToken);

    public async ValueTask<StoreWriteResult> PutAsync(string key, ReadOnlyMemory<byte> value, StoreCondition condition, TimeSpan? expiry, CancellationToken cancellationToken = default)
    {
        if (OnPut is { } script)
        {
            await script(key);
        }

        return await There().PutAsync(key, value, condition, expiry, cancellationToken);
    }

    public ValueTask<StoreWriteResult> DeleteAsync(string key, StoreCondition condition, CancellationToken cancellationToken = default)
    {
        OnWrite?.Invoke();
        return There().DeleteAsync(key, condition, cancellationToken);
    }

    public async IAsyncEnumerable<StoreEntry?> WatchAsync(string key, [EnumeratorCancellation] CancellationToken cancellationToken = default)
    {
        await foreach (var entry in There().WatchAsync(key, cancellationToken))
        {
            yield return entry;
        }
    }

    public ValueTask WriteAsync(ReadOnlyMemory<StoreWrite> writes, Memory<StoreWriteResult> results, CancellationToken cancellationToken = default)
    {
        OnWrite?.Invoke();
        return There().WriteAsync(writes, results, cancellationToken);
    }

    public ValueTask GetManyAsync(ReadOnlyMemory<string> keys, Memory<StoreEntry?> entries, CancellationToken cancellationToken = default) =>
        There().GetManyAsync(keys, entries, cancellationToken);

    public ValueTask CountAsync(ReadOnlyMemory<string> indexes, Memory<long> counts, CancellationToken cancellationToken = default) =>
        There().CountAsync(indexes, counts, cancellationToken);

    public ValueTask<StorePage> PageAsync(string index, string? cursor, int take, CancellationToken cancellationToken = default) =>
        There().PageAsync(index, cursor, take, cancellationToken);

    public ValueTask<bool> AcquireAsync(string key, string owner, int limit, TimeSpan expiry, CancellationToken cancellationToken = default) =>
        There().AcquireAsync(key, owner, limit, expiry, cancellationToken);

    public ValueTask RenewAsync(ReadOnlyMemory<StorePermit> permits, TimeSpan expiry, Memory<bool> held, CancellationToken cancellationToken = default) =>
        There().RenewAsync(permits, expiry, held, cancellationToken);

    public ValueTask<bool> ReleaseAsync(string key, string owner, CancellationToken cancellationToken = default) => There().ReleaseAsync(key, owner, cancellationToken);

    public ValueTask<int> CountHeldAsync(string key, CancellationToken cancellationToken = default) => There().CountHeldAsync(key, cancellationToken);

    public ValueTask DisposeAsync() => inner.DisposeAsync();

    private MemoryStore There() => IsAway ? throw new IOException("The store cannot be reached.") : inner;
}
