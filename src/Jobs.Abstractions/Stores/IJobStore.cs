namespace Jobs.Stores;

/// <summary>Small shared state beside the broker: status, results, unique keys, locks, schedules.</summary>
/// <remarks>
/// <para>Batching, permits and indexes are further interfaces that extend this one, found by <c>is</c>.</para>
/// <para>1. Safe for concurrent use. 2. Writes of one key are linearizable: of two writes with the same condition one wins.
/// 3. Each write makes a new version, greater than the last. 4. An expired entry is not there, at once and for everyone.
/// 5. Cancellation ends the wait; the write may or may not have happened.</para>
/// </remarks>
public interface IJobStore : IAsyncDisposable
{
    /// <summary>The name in configuration.</summary>
    string Name { get; }

    /// <summary>Reads an entry; null if it is not there.</summary>
    ValueTask<StoreEntry?> GetAsync(string key, CancellationToken cancellationToken = default);

    /// <summary>Writes an entry if the condition holds.</summary>
    /// <param name="key">1 to 512 characters.</param>
    /// <param name="value">Copied.</param>
    /// <param name="condition">When to write.</param>
    /// <param name="expiry">How long the entry lives; null: until deleted.</param>
    /// <param name="cancellationToken">Ends the wait.</param>
    ValueTask<StoreWriteResult> PutAsync(string key, ReadOnlyMemory<byte> value, StoreCondition condition, TimeSpan? expiry, CancellationToken cancellationToken = default);

    /// <summary>Deletes an entry if the condition holds. Deleting what is not there succeeds, unless a version was asked for.</summary>
    ValueTask<StoreWriteResult> DeleteAsync(string key, StoreCondition condition, CancellationToken cancellationToken = default);

    /// <summary>The entry as it is, and then each time it changes (null: gone). Changes in quick succession may be merged; the last is always seen.</summary>
    IAsyncEnumerable<StoreEntry?> WatchAsync(string key, CancellationToken cancellationToken = default);
}
