using Jobs.Brokers;

namespace Jobs.Stores;

/// <summary>Small shared state beside the broker: status, results, unique keys, locks, schedules.</summary>
/// <remarks>
/// <para>Batches (<see cref="IBatchedStore"/>), indexes (<see cref="IIndexedStore"/>) and permits (<see cref="IPermitStore"/>) are further
/// interfaces that extend this one, found by <c>is</c>.</para>
/// <para>1. Safe for concurrent use. 2. Writes of one key are linearizable: of two writes with the same condition one wins.
/// 3. Each write makes a new version, greater than the last. 4. An expired entry is not there, at once and for everyone.
/// 5. Cancellation ends the wait; the write may or may not have happened. 6. While the server is away, calls wait for it as long as
/// their token lets them; a call whose answer was lost fails with the store's own exception, and may have written.</para>
/// </remarks>
public interface IJobStore : IAsyncDisposable
{
    /// <summary>The longest key.</summary>
    /// <value>512 characters.</value>
    public const int MaxKeyLength = 512;

    /// <summary>The name in configuration.</summary>
    string Name { get; }

    /// <summary>What the store promises.</summary>
    StoreFeatures Features { get; }

    /// <summary>Whether its server answers. Cheap.</summary>
    BrokerHealth Health { get; }

    /// <summary>Reads an entry; null if it is not there.</summary>
    ValueTask<StoreEntry?> GetAsync(string key, CancellationToken cancellationToken = default);

    /// <summary>Writes an entry if the condition holds.</summary>
    /// <param name="key">1 to 512 characters of any text.</param>
    /// <param name="value">Copied. At most <see cref="StoreFeatures.MaxValueBytes"/>.</param>
    /// <param name="condition">When to write.</param>
    /// <param name="expiry">How long the entry lives, 1 ms or more; null: until deleted.</param>
    /// <param name="cancellationToken">Ends the wait.</param>
    /// <exception cref="ArgumentException">Key, value or expiry is out of range.</exception>
    ValueTask<StoreWriteResult> PutAsync(string key, ReadOnlyMemory<byte> value, StoreCondition condition, TimeSpan? expiry, CancellationToken cancellationToken = default);

    /// <summary>Deletes an entry if the condition holds. Deleting what is not there succeeds, unless a version was asked for.</summary>
    ValueTask<StoreWriteResult> DeleteAsync(string key, StoreCondition condition, CancellationToken cancellationToken = default);

    /// <summary>The entry as it is, and then each time it changes (null: gone). Changes in quick succession may be merged; the last is always
    /// seen, also when the connection was lost meanwhile. Ends when the store is disposed.</summary>
    IAsyncEnumerable<StoreEntry?> WatchAsync(string key, CancellationToken cancellationToken = default);
}
