using System.Runtime.CompilerServices;
using System.Threading.Channels;
using Jobs.Stores;

namespace Jobs.Memory;

/// <summary>A store within this process. Keeps nothing when the process ends.</summary>
/// <remarks>Safe for concurrent use. All state is behind one lock; one timer is armed for the entry that expires next.</remarks>
public sealed class MemoryStore : IJobStore
{
    private const int LongestKey = 512;

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
    }

    /// <inheritdoc/>
    public string Name => "memory";

    /// <inheritdoc/>
    public ValueTask<StoreEntry?> GetAsync(string key, CancellationToken cancellationToken = default)
    {
        Check(key, cancellationToken);
        lock (_gate)
        {
            ObjectDisposedException.ThrowIf(_isDisposed, this);
            return new(Find(key));
        }
    }

    /// <inheritdoc/>
    public ValueTask<StoreWriteResult> PutAsync(string key, ReadOnlyMemory<byte> value, StoreCondition condition, TimeSpan? expiry, CancellationToken cancellationToken = default)
    {
        Check(key, cancellationToken);
        if (expiry is { } span)
        {
            ArgumentOutOfRangeException.ThrowIfLessThanOrEqual(span, TimeSpan.Zero, nameof(expiry));
        }

        var copy = value.ToArray();
        lock (_gate)
        {
            ObjectDisposedException.ThrowIf(_isDisposed, this);
            var current = Find(key);
            if (!Holds(condition, current))
            {
                return new(new StoreWriteResult(false, current?.Version ?? 0));
            }

            var entry = new StoreEntry(key, copy, ++_version);
            var until = expiry is null ? DateTimeOffset.MaxValue : Later(expiry.Value);
            _entries[key] = new Stored(entry, until);
            if (expiry is not null)
            {
                _expiry.Add(key, entry.Version, until, IsCurrent);
            }

            Publish(key, entry);
            return new(new StoreWriteResult(true, entry.Version));
        }
    }

    /// <inheritdoc/>
    public ValueTask<StoreWriteResult> DeleteAsync(string key, StoreCondition condition, CancellationToken cancellationToken = default)
    {
        Check(key, cancellationToken);
        lock (_gate)
        {
            ObjectDisposedException.ThrowIf(_isDisposed, this);
            var current = Find(key);
            if (!Holds(condition, current))
            {
                return new(new StoreWriteResult(false, current?.Version ?? 0));
            }

            if (_entries.Remove(key))
            {
                Publish(key, null);
            }

            return new(new StoreWriteResult(true, 0));
        }
    }

    /// <inheritdoc/>
    public async IAsyncEnumerable<StoreEntry?> WatchAsync(string key, [EnumeratorCancellation] CancellationToken cancellationToken = default)
    {
        Check(key, cancellationToken);

        // One place and the newest wins: a slow watcher skips what was, and always ends with what is.
        var changes = Channel.CreateBounded<StoreEntry?>(new BoundedChannelOptions(1) { FullMode = BoundedChannelFullMode.DropOldest, SingleReader = true });
        lock (_gate)
        {
            ObjectDisposedException.ThrowIf(_isDisposed, this);
            changes.Writer.TryWrite(Find(key));
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

    /// <summary>Forgets all entries and ends all watches.</summary>
    public ValueTask DisposeAsync()
    {
        lock (_gate)
        {
            _isDisposed = true;
            _entries.Clear();
            foreach (var changes in _watchers.Values.SelectMany(static watchers => watchers))
            {
                changes.Writer.TryComplete();
            }

            _watchers.Clear();
        }

        _expiry.Dispose();
        return default;
    }

    private static void Check(string key, CancellationToken cancellationToken)
    {
        ArgumentException.ThrowIfNullOrEmpty(key);
        ArgumentOutOfRangeException.ThrowIfGreaterThan(key.Length, LongestKey, nameof(key));
        cancellationToken.ThrowIfCancellationRequested();
    }

    private static bool Holds(StoreCondition condition, StoreEntry? current) => condition.Kind switch
    {
        StoreConditionKind.IfAbsent => current is null,
        StoreConditionKind.IfVersion => current is not null && current.Version == condition.Version,
        _ => true,
    };

    private DateTimeOffset Later(TimeSpan span)
    {
        var now = _timeProvider.GetUtcNow();
        return span < DateTimeOffset.MaxValue - now ? now + span : DateTimeOffset.MaxValue;
    }

    // An expired entry is gone for readers even while the timer is late.
    private StoreEntry? Find(string key)
    {
        if (!_entries.TryGetValue(key, out var stored))
        {
            return null;
        }

        if (stored.Until == DateTimeOffset.MaxValue || stored.Until > _timeProvider.GetUtcNow())
        {
            return stored.Entry;
        }

        _entries.Remove(key);
        Publish(key, null);
        return null;
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

    private readonly record struct Stored(StoreEntry Entry, DateTimeOffset Until);
}
