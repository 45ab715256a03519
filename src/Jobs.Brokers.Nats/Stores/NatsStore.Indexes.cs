using System.Globalization;
using System.Text;
using Jobs.Brokers.Nats.JetStream;
using Jobs.Stores;

namespace Jobs.Brokers.Nats.Stores;

/// <content>Indexes.</content>
internal sealed partial class NatsStore
{
    // A small index is kept to its capacity by every write; others show no more than that, and are trimmed by the sweep.
    private const int LargestExact = 100;

    public async ValueTask CountAsync(ReadOnlyMemory<string> indexes, Memory<long> counts, CancellationToken cancellationToken = default)
    {
        ArgumentOutOfRangeException.ThrowIfLessThan(counts.Length, indexes.Length, nameof(counts));
        foreach (var index in indexes.Span)
        {
            StoreRules.CheckKey(index, nameof(indexes));
        }

        await BeginAsync(cancellationToken).ConfigureAwait(false);
        var counted = await _views.CountAsync(indexes.ToArray(), cancellationToken).ConfigureAwait(false);
        for (var i = 0; i < counted.Length; i++)
        {
            counts.Span[i] = counted[i];
        }
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
        var places = await _views.PageAsync(index, before, take + 1, cancellationToken).ConfigureAwait(false);
        var next = places.Count > take ? places[take - 1].ToString(CultureInfo.InvariantCulture) : null;
        var found = new StoreEntry?[Math.Min(take, places.Count)];
        await EachAsync(found.Length, async i =>
        {
            // What is not there was written anew, or deleted, since.
            if (await _reader.ReadAsync(places[i], cancellationToken).ConfigureAwait(false) is { } message)
            {
                found[i] = (await SlotOfAsync(KeyOf(message), message, cancellationToken).ConfigureAwait(false)).Entry;
            }
        }).ConfigureAwait(false);
        return new StorePage([.. found.OfType<StoreEntry>()], next);
    }

    private string KeyOf(StoredMessage message) => _names.KeyOf(message.Subject)
        ?? (message.Headers.TryGet(StoreHeaders.Key, out var key)
            ? Encoding.UTF8.GetString(Convert.FromBase64String(Encoding.ASCII.GetString(key)))
            : throw new FormatException($"What NATS keeps at {message.Subject} does not tell its key."));

    private async ValueTask TrimAllAsync(ReadOnlyMemory<StoreWrite> writes, CancellationToken cancellationToken)
    {
        HashSet<string>? exact = null;
        for (var i = 0; i < writes.Length; i++)
        {
            if (writes.Span[i].Index is { Capacity: <= LargestExact } index)
            {
                (exact ??= []).Add(index.Name);
            }
        }

        if (exact is not null)
        {
            // Who looks at an index trims it.
            await _views.CountAsync([.. exact], cancellationToken).ConfigureAwait(false);
        }
    }

    // If somebody writes it at this moment, it has just become the newest.
    private async ValueTask TrimAsync(ulong place, CancellationToken cancellationToken)
    {
        if (await _reader.ReadAsync(place, cancellationToken).ConfigureAwait(false) is { } message)
        {
            await TryBuryAsync(message.Subject, place, cancellationToken).ConfigureAwait(false);
        }
    }
}
