namespace Jobs.Stores;

/// <summary>A store that hands out permits: at most so many owners hold one of a key at once.</summary>
/// <remarks>A permit that is not renewed is free once it has expired: its owner crashed. Permits and entries of the same key have nothing to do
/// with each other.</remarks>
public interface IPermitStore : IJobStore
{
    /// <summary>Takes a permit. An owner that holds one keeps it, and it is renewed.</summary>
    /// <param name="key">What the permits are for: 1 to 512 characters.</param>
    /// <param name="owner">Who holds it: 1 to 512 characters, another one for each holder.</param>
    /// <param name="limit">At most how many hold one, 1 or more. Who holds one already keeps it though the limit became lower.</param>
    /// <param name="expiry">How long it is held unless renewed, 1 ms or more.</param>
    /// <param name="cancellationToken">Ends the wait; the permit may or may not have been taken.</param>
    /// <returns>False if all are held by others.</returns>
    ValueTask<bool> AcquireAsync(string key, string owner, int limit, TimeSpan expiry, CancellationToken cancellationToken = default);

    /// <summary>Prolongs permits that are held, from now on.</summary>
    /// <param name="permits">The permits, any number.</param>
    /// <param name="expiry">How long they are held unless renewed again.</param>
    /// <param name="held">As many places; false for one that has expired or was released: somebody else may hold it.</param>
    /// <param name="cancellationToken">Ends the wait.</param>
    ValueTask RenewAsync(ReadOnlyMemory<StorePermit> permits, TimeSpan expiry, Memory<bool> held, CancellationToken cancellationToken = default);

    /// <summary>Gives a permit back. False if the owner did not hold it (any more).</summary>
    ValueTask<bool> ReleaseAsync(string key, string owner, CancellationToken cancellationToken = default);

    /// <summary>How many permits of a key are held.</summary>
    ValueTask<int> CountHeldAsync(string key, CancellationToken cancellationToken = default);
}
