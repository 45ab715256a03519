using System.Collections.Concurrent;

namespace Jobs.Brokers.Nats.Stores;

/// <summary>Counts and pages indexes, by a view for each set of classes. Safe for concurrent use.</summary>
internal sealed class IndexViews(IndexClasses classes, Func<string, IndexView> open) : IDisposable
{
    private readonly ConcurrentDictionary<string, Lazy<IndexView>> _views = new(StringComparer.Ordinal);

    /// <summary>How many entries each index has.</summary>
    public async ValueTask<int[]> CountAsync(IReadOnlyList<string> indexes, CancellationToken cancellationToken)
    {
        var found = await Task.WhenAll(indexes.Select(index => classes.ReadAsync(index, cancellationToken).AsTask())).ConfigureAwait(false);
        var tags = indexes.Select(StoreNames.TagOf).ToArray();
        var counts = new int[tags.Length];
        var capacities = new int[tags.Length];
        Array.Fill(capacities, int.MaxValue);
        foreach (var some in found.SelectMany(static some => Together(some)).Distinct(StringComparer.Ordinal))
        {
            await ViewOf(some).AskAsync(
                table =>
                {
                    for (var i = 0; i < tags.Length; i++)
                    {
                        if (Together(found[i]).Contains(some, StringComparer.Ordinal))
                        {
                            var (count, capacity) = table.CountOf(tags[i]);
                            counts[i] += count;
                            capacities[i] = Math.Min(capacities[i], capacity);
                        }
                    }

                    return true;
                },
                cancellationToken).ConfigureAwait(false);
        }

        for (var i = 0; i < counts.Length; i++)
        {
            counts[i] = Math.Min(counts[i], capacities[i]);
        }

        return counts;
    }

    /// <summary>The places of the entries of an index before a place, the newest first.</summary>
    /// <param name="index">The index.</param>
    /// <param name="before">The place.</param>
    /// <param name="take">At most how many.</param>
    /// <param name="cancellationToken">Ends the call.</param>
    public async ValueTask<List<ulong>> PageAsync(string index, ulong before, int take, CancellationToken cancellationToken)
    {
        var tag = StoreNames.TagOf(index);
        var places = new List<ulong>();
        var (newer, capacity) = (0, int.MaxValue);
        foreach (var some in Together(await classes.ReadAsync(index, cancellationToken).ConfigureAwait(false)))
        {
            var (first, room) = await ViewOf(some).AskAsync(table => (table.Page(tag, before, take, places), table.CountOf(tag).Capacity), cancellationToken).ConfigureAwait(false);
            newer += first;
            capacity = Math.Min(capacity, room);
        }

        places.Sort(static (one, other) => other.CompareTo(one));
        var left = Math.Clamp(capacity - newer, 0, Math.Min(take, places.Count));
        places.RemoveRange(left, places.Count - left);
        return places;
    }

    public void Dispose()
    {
        foreach (var view in _views.Values.Where(static view => view.IsValueCreated))
        {
            view.Value.Dispose();
        }
    }

    // All classes include the others.
    private static string[] Together(string[] classes) => classes.Contains(StoreNames.AllClasses, StringComparer.Ordinal) ? [StoreNames.AllClasses] : classes;

    private IndexView ViewOf(string some) => _views.GetOrAdd(some, static (name, make) => new Lazy<IndexView>(() => make(name)), open).Value;
}
