namespace Jobs.Stores;

/// <summary>A store that takes many conditional writes, or many reads, in one call.</summary>
public interface IBatchedStore : IJobStore
{
    /// <summary>Writes and deletes, each by its own condition; those of one key in the order given. Together they are not atomic.</summary>
    /// <param name="writes">What to write, any number.</param>
    /// <param name="results">As many places.</param>
    /// <param name="cancellationToken">Ends the wait.</param>
    /// <returns>A task that fails if any of them has no answer: then each may or may not have happened.</returns>
    /// <exception cref="ArgumentException">A key, value or expiry is out of range: none was written.</exception>
    ValueTask WriteAsync(ReadOnlyMemory<StoreWrite> writes, Memory<StoreWriteResult> results, CancellationToken cancellationToken = default);

    /// <summary>Reads entries; null for those that are not there.</summary>
    /// <param name="keys">The keys, any number.</param>
    /// <param name="entries">As many places.</param>
    /// <param name="cancellationToken">Ends the wait.</param>
    ValueTask GetManyAsync(ReadOnlyMemory<string> keys, Memory<StoreEntry?> entries, CancellationToken cancellationToken = default);
}
