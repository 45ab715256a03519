using System.Globalization;
using Jobs.Stores;

namespace Jobs.Brokers.Nats.Stores;

/// <content>Indexes.</content>
internal sealed partial class NatsStore
{
    // One of a small index is kept to exactly; a large one may have a few more for a moment, so that not every write counts it.
    private const int LargestExact = 100;
    private const int TrimmedByOne = 8;

    private readonly IndexTrims _trims;

    public async ValueTask CountAsync(ReadOnlyMemory<string> indexes, Memory<long> counts, CancellationToken cancellationToken = default)
    {
        ArgumentOutOfRangeException.ThrowIfLessThan(counts.Length, indexes.Length, nameof(counts));
        await BeginAsync(cancellationToken).ConfigureAwait(false);
        await EachAsync(indexes.Length, async i =>
        {
            var count = await CountAsync(indexes.Span[i], cancellationToken).ConfigureAwait(false);
            counts.Span[i] = count;
        }).ConfigureAwait(false);
    }

    public async ValueTask<StorePage> PageAsync(string index, string? cursor, int take, CancellationToken cancellationToken = default)
    {
        StoreRules.CheckPage(index, take);
        var before = ulong.MaxValue;
        if (cursor is not null && !ulong.TryParse(cursor, NumberStyles.None, CultureInfo.InvariantCulture, out before))
        {
            throw new ArgumentException($"'{cursor}' is not a cursor of this store.", nameof(cursor));
        }

        await BeginAsync(cancellationToken).ConfigureAwait(false);

        // One more than asked for tells whether there is a next page.
        var notes = await _log.BeforeAsync(index, before, take + 1, cancellationToken).ConfigureAwait(false);
        var next = notes.Count > take ? notes[take - 1].Sequence.ToString(CultureInfo.InvariantCulture) : null;
        var found = new StoreEntry?[Math.Min(take, notes.Count)];
        await EachAsync(found.Length, async i =>
        {
            var slot = await PeekAsync(notes[i].Key, cancellationToken).ConfigureAwait(false);
            if (slot.Note == notes[i].Sequence && slot.Entry is not null)
            {
                found[i] = slot.Entry;
            }
            else
            {
                await TryClearAsync(notes[i], slot, cancellationToken).ConfigureAwait(false);
            }
        }).ConfigureAwait(false);
        return new StorePage([.. found.OfType<StoreEntry>()], next);
    }

    // What expires at the same time stands in the order of writing, so what has expired is at the beginning.
    private async ValueTask<long> CountAsync(string index, CancellationToken cancellationToken)
    {
        StoreRules.CheckKey(index, nameof(index));
        for (var from = 1UL; await _log.NextAsync(index, from, cancellationToken).ConfigureAwait(false) is { } note; from = note.Sequence + 1)
        {
            var slot = await PeekAsync(note.Key, cancellationToken).ConfigureAwait(false);
            if (slot.Entry is not null && slot.Note == note.Sequence)
            {
                return (await _log.CountAsync(index, cancellationToken).ConfigureAwait(false)).Count;
            }

            await TryClearAsync(note, slot, cancellationToken).ConfigureAwait(false);
        }

        return 0;
    }

    private async ValueTask TrimAllAsync(ReadOnlyMemory<StoreWrite> writes, CancellationToken cancellationToken)
    {
        HashSet<StoreIndex>? exact = null;
        for (var i = 0; i < writes.Length; i++)
        {
            if (writes.Span[i].Index is not { Capacity: < int.MaxValue } index)
            {
                continue;
            }

            if (index.Capacity <= LargestExact)
            {
                (exact ??= []).Add(index);
            }
            else
            {
                _trims.Request(index);
            }
        }

        foreach (var index in exact ?? [])
        {
            await TrimAsync(index, cancellationToken).ConfigureAwait(false);
        }
    }

    // Deletes what is too old for an index that is full.
    private async ValueTask TrimAsync(StoreIndex index, CancellationToken cancellationToken)
    {
        var excess = (await _log.CountAsync(index.Name, cancellationToken).ConfigureAwait(false)).Count - index.Capacity;
        if (excess <= 0)
        {
            return;
        }

        var oldest = new List<IndexNote>();
        if (excess <= TrimmedByOne)
        {
            for (var from = 1UL; oldest.Count < excess && await _log.NextAsync(index.Name, from, cancellationToken).ConfigureAwait(false) is { } note; from = note.Sequence + 1)
            {
                oldest.Add(note);
            }
        }
        else
        {
            await foreach (var note in _log.FromAsync(index.Name, 1, cancellationToken).ConfigureAwait(false))
            {
                oldest.Add(note);
                if (oldest.Count == excess)
                {
                    break;
                }
            }
        }

        await EachAsync(oldest.Count, async i =>
        {
            var slot = await PeekAsync(oldest[i].Key, cancellationToken).ConfigureAwait(false);
            if (slot.Entry is not null && slot.Note == oldest[i].Sequence)
            {
                // If somebody writes it at this moment, it has just become the newest.
                await TryBuryAsync(oldest[i].Key, slot, cancellationToken).ConfigureAwait(false);
            }
            else
            {
                await TryClearAsync(oldest[i], slot, cancellationToken).ConfigureAwait(false);
            }
        }).ConfigureAwait(false);
    }

    // Takes out a note that no entry names (any more).
    private async ValueTask TryClearAsync(IndexNote note, StoreSlot slot, CancellationToken cancellationToken)
    {
        if (slot.IsExpired && slot.Note == note.Sequence)
        {
            await TryBuryAsync(note.Key, slot, cancellationToken).ConfigureAwait(false);
        }
        else if (await _clock.EarliestAsync(cancellationToken).ConfigureAwait(false) - note.Time > _times.LeastNoteAge)
        {
            await _log.RemoveAsync(note.Sequence, cancellationToken).ConfigureAwait(false);
        }
    }
}
