using System.Runtime.CompilerServices;
using System.Threading.Channels;
using Jobs.Brokers;
using Jobs.Stores;

namespace Jobs.Memory;

/// <summary>A store within this process. Keeps nothing when the process ends.</summary>
/// <remarks>Safe for concurrent use. All state is behind one lock; one timer is armed for the entry that expires next.</remarks>
public sealed partial class MemoryStore : IIndexedStore, IPermitStore
{
    private readonly Lock _gate = new();
    private readonly TimeProvider _timeProvider;
    private readonly Dictionary<string, Stored> _entries = new(StringComparer.Ordinal);
    private readonly Dictionary<string, List<Channel<StoreEntry?>>> _watchers = new(StringComparer.Ordinal);
    private readonly ExpiryTimer _expiry;
    private long _version;
    private bool _isDisposed;

    /// <summary>Makes an empty store.</summary>
    /// <param name="timeProvider">The clock by which entries expire.</param>
    public MemoryStore(TimeProvider timeProvider)
    {
        ArgumentNullException.ThrowIfNull(timeProvider);
        _timeProvider = timeProvider;
        _expiry = new ExpiryTimer(timeProvider, OnTimer);
        Health = new BrokerHealth(BrokerStatus.Connected, timeProvider.GetUtcNow());
    }

    /// <inheritdoc/>
    public string Name => "memory";

    /// <inheritdoc/>
    public StoreFeatures Features { get; } = new() { MaxValueBytes = 16 * 1024 * 1024, IsShared = false };

    /// <inheritdoc/>
    public BrokerHealth Health { get; }

    /// <inheritdoc/>
    public ValueTask<StoreEntry?> GetAsync(string key, CancellationToken cancellationToken = default)
    {
        StoreRules.CheckKey(key);
        cancellationToken.ThrowIfCancellationRequested();
        lock (_gate)
        {
            ObjectDisposedException.ThrowIf(_isDisposed, this);
            return new(Find(key)?.Entry);
        }
    }

    /// <inheritdoc/>
    public ValueTask GetManyAsync(ReadOnlyMemory<string> keys, Memory<StoreEntry?> entries, CancellationToken cancellationToken = default)
    {
        ArgumentOutOfRangeException.ThrowIfLessThan(entries.Length, keys.Length, nameof(entries));
        foreach (var key in keys.Span)
        {
            StoreRules.CheckKey(key, nameof(keys));
        }

        cancellationToken.ThrowIfCancellationRequested();
        lock (_gate)
        {
            ObjectDisposedException.ThrowIf(_isDisposed, this);
            for (var i = 0; i < keys.Length; i++)
            {
                entries.Span[i] = Find(keys.Span[i])?.Entry;
            }
        }

        return default;
    }

    /// <inheritdoc/>
    public ValueTask<StoreWriteResult> PutAsync(string key, ReadOnlyMemory<byte> value, StoreCondition condition, TimeSpan? expiry, CancellationToken cancellationToken = default) =>
        WriteOneAsync(StoreRules.Put(Features, key, value, condition, expiry), cancellationToken);

    /// <inheritdoc/>
    public ValueTask<StoreWriteResult> DeleteAsync(string key, StoreCondition condition, CancellationToken cancellationToken = default)
    {
        StoreRules.CheckKey(key);
        return WriteOneAsync(new StoreWrite { Key = key, Condition = condition }, cancellationToken);
    }

    /// <inheritdoc/>
    public ValueTask WriteAsync(ReadOnlyMemory<StoreWrite> writes, Memory<StoreWriteResult> results, CancellationToken cancellationToken = default)
    {
        StoreRules.Check(Features, writes.Span, results.Length);
        cancellationToken.ThrowIfCancellationRequested();
        lock (_gate)
        {
            ObjectDisposedException.ThrowIf(_isDisposed, this);
            for (var i = 0; i < writes.Length; i++)
            {
                results.Span[i] = Write(writes.Span[i]);
            }
        }

        return default;
    }

    /// <inheritdoc/>
    public async IAsyncEnumerable<StoreEntry?> WatchAsync(string key, [EnumeratorCancellation] CancellationToken cancellationToken = default)
    {
        StoreRules.CheckKey(key);
        cancellationToken.ThrowIfCancellationRequested();

        // One place and the newest wins: a slow watcher skips what was, and always ends with what is.
        var changes = Channel.CreateBounded<StoreEntry?>(new BoundedChannelOptions(1) { FullMode = BoundedChannelFullMode.DropOldest, SingleReader = true });
        lock (_gate)
        {
            ObjectDisposedException.ThrowIf(_isDisposed, this);
            changes.Writer.TryWrite(Find(key)?.Entry);
            if (!_watchers.TryGetValue(key, out var watchers))
            {
                _watchers.Add(key, watchers = []);
            }

            watchers.Add(changes);
        }

        try
        {
            await foreach (var entry in changes.Reader.ReadAllAsync(cancellationToken).ConfigureAwait(false))
            {
                yield return entry;
            }
        }
        finally
        {
            Unwatch(key, changes);
        }
    }

    /// <summary>Forgets everything and ends all watches.</summary>
    public ValueTask DisposeAsync()
    {
        lock (_gate)
        {
            _isDisposed = true;
            _entries.Clear();
            _indexes.Clear();
            _permits.Clear();
            foreach (var changes in _watchers.Values.SelectMany(static watchers => watchers))
            {
                changes.Writer.TryComplete();
            }

            _watchers.Clear();
        }

        _expiry.Dispose();
        return default;
    }

    private ValueTask<StoreWriteResult> WriteOneAsync(in StoreWrite write, CancellationToken cancellationToken)
    {
        cancellationToken.ThrowIfCancellationRequested();
        lock (_gate)
        {
            ObjectDisposedException.ThrowIf(_isDisposed, this);
            return new(Write(write));
        }
    }

    private StoreWriteResult Write(in StoreWrite write)
    {
        var current = Find(write.Key);
        if (!StoreRules.Holds(write.Condition, current?.Entry))
        {
            return new StoreWriteResult(false, current?.Entry.Version ?? 0);
        }

        if (write.Value is not { } value)
        {
            Remove(write.Key);
            return new StoreWriteResult(true, 0);
        }

        var entry = new StoreEntry(write.Key, value.ToArray(), ++_version) { Order = StoreRules.OrderAfter(write.Condition, current?.Entry) };
        var until = write.Expiry is { } expiry ? Later(expiry) : DateTimeOffset.MaxValue;
        _entries[write.Key] = new Stored(entry, until, write.Index?.Name);
        Move(entry, current, write.Index);
        if (write.Expiry is not null)
        {
            _expiry.Add(write.Key, entry.Version, until, IsCurrent);
        }

        Publish(write.Key, entry);
        return new StoreWriteResult(true, entry.Version);
    }

    private DateTimeOffset Later(TimeSpan span)
    {
        var now = _timeProvider.GetUtcNow();
        return span < DateTimeOffset.MaxValue - now ? now + span : DateTimeOffset.MaxValue;
    }

    // An expired entry is gone for readers even while the timer is late.
    private Stored? Find(string key)
    {
        if (!_entries.TryGetValue(key, out var stored))
        {
            return null;
        }

        if (stored.Until == DateTimeOffset.MaxValue || stored.Until > _timeProvider.GetUtcNow())
        {
            return stored;
        }

        Remove(key);
        return null;
    }

    private void Remove(string key)
    {
        if (_entries.Remove(key, out var stored))
        {
            Unindex(stored);
            Publish(key, null);
        }
    }

    private bool IsCurrent(string key, long version) => _entries.TryGetValue(key, out var stored) && stored.Entry.Version == version;

    private void OnTimer()
    {
        lock (_gate)
        {
            if (!_isDisposed)
            {
                _expiry.Expire(key => Find(key));
            }
        }
    }

    private void Publish(string key, StoreEntry? entry)
    {
        if (_watchers.TryGetValue(key, out var watchers))
        {
            foreach (var changes in watchers)
            {
                changes.Writer.TryWrite(entry);
            }
        }
    }

    private void Unwatch(string key, Channel<StoreEntry?> changes)
    {
        lock (_gate)
        {
            if (_watchers.TryGetValue(key, out var watchers) && watchers.Remove(changes) && watchers.Count == 0)
            {
                _watchers.Remove(key);
            }
        }
    }

    private readonly record struct Stored(StoreEntry Entry, DateTimeOffset Until, string? Index);
}
