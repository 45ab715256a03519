using System.Diagnostics.CodeAnalysis;
using System.Globalization;
using Jobs.Brokers;

namespace Jobs.Memory;

/// <summary>The dead letters of a queue: by key, and in the order they came. Bounded. Not for concurrent use.</summary>
internal sealed class DeadLetterList(int limit)
{
    private readonly Dictionary<string, Entry> _byKey = new(StringComparer.Ordinal);
    private readonly SortedSet<Entry> _ordered = new(Comparer<Entry>.Create(static (x, y) => x.Order.CompareTo(y.Order)));
    private long _order;

    public int Count => _byKey.Count;

    /// <summary>All, oldest first.</summary>
    public IEnumerable<DeadLetter> All => _ordered.Select(static entry => entry.Letter!);

    /// <summary>Adds an entry, in place of one with the same key. True if the oldest had to go.</summary>
    public bool Add(DeadLetter letter)
    {
        Remove(letter.Key);
        var isFull = Count >= limit;
        if (isFull)
        {
            Remove(_ordered.Min!.Letter!.Key);
        }

        var entry = new Entry(_order++, letter);
        _byKey.Add(letter.Key, entry);
        _ordered.Add(entry);
        return isFull;
    }

    public bool TryGet(string key, [NotNullWhen(true)] out DeadLetter? letter)
    {
        letter = _byKey.TryGetValue(key, out var entry) ? entry.Letter : null;
        return letter is not null;
    }

    public bool Remove(string key) => _byKey.Remove(key, out var entry) && _ordered.Remove(entry);

    /// <summary>Removes those that died before a time; how many.</summary>
    public long Purge(DateTimeOffset diedBefore)
    {
        var purged = _ordered.Where(entry => entry.Letter!.DiedAt < diedBefore).ToArray();
        foreach (var entry in purged)
        {
            Remove(entry.Letter!.Key);
        }

        return purged.Length;
    }

    /// <summary>A page. The cursor is the order of the entry that comes next, so that it stays good when entries come and go.</summary>
    public DeadLetterPage Page(string? cursor, int take)
    {
        var from = 0L;
        if (cursor is not null && !long.TryParse(cursor, NumberStyles.None, CultureInfo.InvariantCulture, out from))
        {
            throw new ArgumentException($"'{cursor}' is not a cursor of this dead-letter queue.", nameof(cursor));
        }

        var entries = _ordered.GetViewBetween(new Entry(from, null), new Entry(long.MaxValue, null)).Take(take + 1).ToArray();
        var items = entries.Take(take).Select(static entry => entry.Letter!).ToArray();
        return new DeadLetterPage(items, entries.Length > take ? entries[take].Order.ToString(CultureInfo.InvariantCulture) : null);
    }

    private sealed record Entry(long Order, DeadLetter? Letter);
}
