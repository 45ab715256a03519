using System.Globalization;
using Jobs.Stores;

namespace Jobs.Memory;

/// <content>Indexes: the entries of each, by their versions, which grow with each write.</content>
public sealed partial class MemoryStore
{
    private static readonly Comparer<StoreEntry> ByVersion = Comparer<StoreEntry>.Create(static (x, y) => x.Version.CompareTo(y.Version));

    private readonly Dictionary<string, SortedSet<StoreEntry>> _indexes = new(StringComparer.Ordinal);

    /// <inheritdoc/>
    public ValueTask CountAsync(ReadOnlyMemory<string> indexes, Memory<long> counts, CancellationToken cancellationToken = default)
    {
        ArgumentOutOfRangeException.ThrowIfLessThan(counts.Length, indexes.Length, nameof(counts));
        cancellationToken.ThrowIfCancellationRequested();
        lock (_gate)
        {
            ObjectDisposedException.ThrowIf(_isDisposed, this);
            _expiry.Expire(key => Find(key));
            for (var i = 0; i < indexes.Length; i++)
            {
                counts.Span[i] = _indexes.TryGetValue(indexes.Span[i], out var index) ? index.Count : 0;
            }
        }

        return default;
    }

    /// <inheritdoc/>
    public ValueTask<StorePage> PageAsync(string index, string? cursor, int take, CancellationToken cancellationToken = default)
    {
        StoreRules.CheckPage(index, take);
        var below = long.MaxValue;
        if (cursor is not null && !long.TryParse(cursor, NumberStyles.None, CultureInfo.InvariantCulture, out below))
        {
            throw new ArgumentException($"'{cursor}' is not a cursor of this store.", nameof(cursor));
        }

        cancellationToken.ThrowIfCancellationRequested();
        lock (_gate)
        {
            ObjectDisposedException.ThrowIf(_isDisposed, this);
            _expiry.Expire(key => Find(key));
            if (!_indexes.TryGetValue(index, out var entries))
            {
                return new(new StorePage([], null));
            }

            // One more than asked for tells whether there is a next page.
            var found = entries.GetViewBetween(At(0), At(below - 1)).Reverse().Take(take + 1).ToArray();
            return new(found.Length > take
                ? new StorePage(found[..take], found[take - 1].Version.ToString(CultureInfo.InvariantCulture))
                : new StorePage(found, null));
        }
    }

    private static StoreEntry At(long version) => new("", default, version);

    private void Move(StoreEntry entry, Stored? from, StoreIndex? to)
    {
        if (from is { } stored)
        {
            Unindex(stored);
        }

        if (to is null)
        {
            return;
        }

        if (!_indexes.TryGetValue(to.Name, out var entries))
        {
            _indexes.Add(to.Name, entries = new SortedSet<StoreEntry>(ByVersion));
        }

        entries.Add(entry);
        while (entries.Count > to.Capacity)
        {
            Remove(entries.Min!.Key);
        }
    }

    private void Unindex(in Stored stored)
    {
        if (stored.Index is { } name && _indexes.TryGetValue(name, out var entries) && entries.Remove(stored.Entry) && entries.Count == 0)
        {
            _indexes.Remove(name);
        }
    }
}
