namespace Jobs.Stores;

/// <summary>A store whose entries may stand in an index each: a capped list, in the order of writing, that can be counted and paged.</summary>
/// <remarks>
/// <para>The write that puts an entry into an index (<see cref="StoreWrite.Index"/>) takes it out of the one where it stood; a write without
/// one, a delete and expiry take it out. A write whose condition does not hold moves nothing.</para>
/// <para>An index over its capacity loses its oldest entries: they are deleted, not only forgotten. Entries of one index should be written
/// with the same expiry.</para>
/// </remarks>
public interface IIndexedStore : IBatchedStore
{
    /// <summary>The longest page.</summary>
    /// <value>1,000 entries.</value>
    public const int MaxPageSize = 1_000;

    /// <summary>How many entries indexes hold; 0 for one that was never written to.</summary>
    /// <param name="indexes">Their names.</param>
    /// <param name="counts">As many places.</param>
    /// <param name="cancellationToken">Ends the wait.</param>
    ValueTask CountAsync(ReadOnlyMemory<string> indexes, Memory<long> counts, CancellationToken cancellationToken = default);

    /// <summary>A page of an index, what was written last first.</summary>
    /// <param name="index">Its name.</param>
    /// <param name="cursor">Where the page before ended; null for the first. Stays good while entries come and go.</param>
    /// <param name="take">At most how many, 1 to 1,000.</param>
    /// <param name="cancellationToken">Ends the wait.</param>
    /// <exception cref="ArgumentException">The cursor is none of this store.</exception>
    ValueTask<StorePage> PageAsync(string index, string? cursor, int take, CancellationToken cancellationToken = default);
}
