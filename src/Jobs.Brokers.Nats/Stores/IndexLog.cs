using System.Text;
using Jobs.Brokers.Nats.JetStream;
using Jobs.Brokers.Nats.Protocol;

namespace Jobs.Brokers.Nats.Stores;

/// <summary>The notes of all indexes: a stream, a subject for each index. Safe for concurrent use.</summary>
/// <remarks>A note is stored before the entry that names it, and taken out after the entry was replaced. So a crash in between leaves a note too many, which no
/// entry names, and never one too few.</remarks>
internal sealed class IndexLog(INatsClient client, JetStreamClient jetStream, StoreNames names, TimeProvider time)
{
    private readonly StreamScan _scan = new(client, jetStream, time);

    /// <summary>Notes an entry that is about to be written.</summary>
    /// <returns>The note's place.</returns>
    public async ValueTask<ulong> AddAsync(string index, string key, CancellationToken cancellationToken)
    {
        var subject = names.IndexSubject(index);
        var (ack, _) = await jetStream.PublishAsync(subject, default, Encoding.UTF8.GetBytes(key), cancellationToken).ConfigureAwait(false);
        return ack.IsStored ? ack.Sequence : throw ack.Refusal(subject);
    }

    /// <summary>Takes a note out; 0 is none.</summary>
    public async ValueTask RemoveAsync(ulong note, CancellationToken cancellationToken)
    {
        if (note > 0)
        {
            await jetStream.DeleteMessageAsync(names.IndexStream, note, cancellationToken).ConfigureAwait(false);
        }
    }

    /// <summary>How many notes an index has, and the last place of the whole stream.</summary>
    public async ValueTask<(long Count, ulong Last)> CountAsync(string index, CancellationToken cancellationToken)
    {
        var subject = names.IndexSubject(index);
        var info = await jetStream.GetStreamAsync(names.IndexStream, subject, cancellationToken).ConfigureAwait(false);
        return (info?.Subjects.GetValueOrDefault(subject) ?? 0, info?.LastSequence ?? 0);
    }

    /// <summary>The first note of an index at a place or later, or null.</summary>
    public async ValueTask<IndexNote?> NextAsync(string index, ulong from, CancellationToken cancellationToken) =>
        await jetStream.GetMessageAsync(names.IndexStream, from, names.IndexSubject(index), cancellationToken).ConfigureAwait(false) is { } message ? Read(message) : null;

    /// <summary>The notes of an index from a place on, the oldest first.</summary>
    public async IAsyncEnumerable<IndexNote> FromAsync(string index, ulong from, [System.Runtime.CompilerServices.EnumeratorCancellation] CancellationToken cancellationToken)
    {
        await foreach (var message in _scan.ReadAsync(names.IndexStream, names.IndexSubject(index), from, headersOnly: false, cancellationToken).ConfigureAwait(false))
        {
            yield return Read(message);
        }
    }

    /// <summary>The last notes of an index before a place, the newest first.</summary>
    /// <param name="index">The index.</param>
    /// <param name="before">The place.</param>
    /// <param name="take">How many.</param>
    /// <param name="cancellationToken">Ends the call.</param>
    public async ValueTask<List<IndexNote>> BeforeAsync(string index, ulong before, int take, CancellationToken cancellationToken)
    {
        if (await NextAsync(index, 1, cancellationToken).ConfigureAwait(false) is not { Sequence: var first } || first >= before)
        {
            return [];
        }

        // A stream is read forwards only: from where they should begin if they lie evenly, and from further back if they do not.
        var (count, last) = await CountAsync(index, cancellationToken).ConfigureAwait(false);
        var end = Math.Min(before, last + 1);
        var reach = Math.Max(1, (end - first) / (double)Math.Max(1, count) * take * 1.25);
        while (true)
        {
            var start = reach >= end - first ? first : end - (ulong)reach;
            var found = new Queue<IndexNote>();
            await foreach (var note in FromAsync(index, start, cancellationToken).ConfigureAwait(false))
            {
                if (note.Sequence >= before)
                {
                    break;
                }

                found.Enqueue(note);
                if (found.Count > take)
                {
                    found.Dequeue();
                }
            }

            if (found.Count >= take || start <= first)
            {
                return [.. found.Reverse()];
            }

            reach *= 4;
        }
    }

    private static IndexNote Read(StoredMessage message) => new(message.Sequence, Encoding.UTF8.GetString(message.Data.Span), message.Time);
}
