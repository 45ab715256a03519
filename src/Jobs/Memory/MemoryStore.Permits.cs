using Jobs.Stores;

namespace Jobs.Memory;

/// <content>Permits: who holds those of each key, and until when.</content>
public sealed partial class MemoryStore
{
    private readonly Dictionary<string, Dictionary<string, DateTimeOffset>> _permits = new(StringComparer.Ordinal);

    /// <inheritdoc/>
    public ValueTask<bool> AcquireAsync(string key, string owner, int limit, TimeSpan expiry, CancellationToken cancellationToken = default)
    {
        StoreRules.CheckPermit(key, owner, expiry, limit);
        cancellationToken.ThrowIfCancellationRequested();
        lock (_gate)
        {
            ObjectDisposedException.ThrowIf(_isDisposed, this);
            var holders = HoldersOf(key);
            if (holders is null)
            {
                _permits.Add(key, holders = new(StringComparer.Ordinal));
            }
            else if (holders.Count >= limit && !holders.ContainsKey(owner))
            {
                return new(false);
            }

            holders[owner] = Later(expiry);
            return new(true);
        }
    }

    /// <inheritdoc/>
    public ValueTask RenewAsync(ReadOnlyMemory<StorePermit> permits, TimeSpan expiry, Memory<bool> held, CancellationToken cancellationToken = default)
    {
        ArgumentOutOfRangeException.ThrowIfLessThan(held.Length, permits.Length, nameof(held));
        foreach (var permit in permits.Span)
        {
            StoreRules.CheckPermit(permit.Key, permit.Owner, expiry);
        }

        cancellationToken.ThrowIfCancellationRequested();
        lock (_gate)
        {
            ObjectDisposedException.ThrowIf(_isDisposed, this);
            for (var i = 0; i < permits.Length; i++)
            {
                var permit = permits.Span[i];
                held.Span[i] = HoldersOf(permit.Key) is { } holders && holders.ContainsKey(permit.Owner);
                if (held.Span[i])
                {
                    _permits[permit.Key][permit.Owner] = Later(expiry);
                }
            }
        }

        return default;
    }

    /// <inheritdoc/>
    public ValueTask<bool> ReleaseAsync(string key, string owner, CancellationToken cancellationToken = default)
    {
        StoreRules.CheckPermit(key, owner);
        cancellationToken.ThrowIfCancellationRequested();
        lock (_gate)
        {
            ObjectDisposedException.ThrowIf(_isDisposed, this);
            if (HoldersOf(key) is not { } holders || !holders.Remove(owner))
            {
                return new(false);
            }

            if (holders.Count == 0)
            {
                _permits.Remove(key);
            }

            return new(true);
        }
    }

    /// <inheritdoc/>
    public ValueTask<int> CountHeldAsync(string key, CancellationToken cancellationToken = default)
    {
        StoreRules.CheckKey(key);
        cancellationToken.ThrowIfCancellationRequested();
        lock (_gate)
        {
            ObjectDisposedException.ThrowIf(_isDisposed, this);
            return new(HoldersOf(key)?.Count ?? 0);
        }
    }

    // Without those whose time has passed; null if nobody holds one.
    private Dictionary<string, DateTimeOffset>? HoldersOf(string key)
    {
        if (!_permits.TryGetValue(key, out var holders))
        {
            return null;
        }

        var now = _timeProvider.GetUtcNow();
        foreach (var (owner, until) in holders)
        {
            if (until <= now)
            {
                holders.Remove(owner);
            }
        }

        if (holders.Count > 0)
        {
            return holders;
        }

        _permits.Remove(key);
        return null;
    }
}
