using System.Globalization;
using Jobs.Brokers.Nats.JetStream;

namespace Jobs.Brokers.Nats.DeadLetters;

/// <summary>The dead letters of queues: a stream for each queue, a subject for each key, at most one message of a subject. Safe for concurrent use.</summary>
internal sealed class DeadLetterStream(JetStreamClient jetStream, NatsNames names)
{
    public async ValueTask<long> CountAsync(string queue, CancellationToken cancellationToken) =>
        (await jetStream.GetStreamAsync(names.DeadStream(queue), cancellationToken: cancellationToken).ConfigureAwait(false))?.Messages ?? 0;

    /// <summary>The entry of a key, or null.</summary>
    public async ValueTask<DeadEntry?> FindAsync(string queue, string key, CancellationToken cancellationToken)
    {
        ArgumentNullException.ThrowIfNull(key);
        try
        {
            return await jetStream.GetLastMessageAsync(names.DeadStream(queue), names.DeadSubject(queue, key), cancellationToken).ConfigureAwait(false) is { } stored
                ? DeadEntry.Of(queue, stored)
                : null;
        }
        catch (JetStreamException error) when (error.Kind == JetStreamErrorKind.NotFound)
        {
            // Nobody provisioned the queue: nothing has died in it.
            return null;
        }
    }

    /// <summary>A page, oldest first; the cursor is the place of the last entry before it.</summary>
    /// <exception cref="ArgumentException">It is no cursor.</exception>
    public async ValueTask<(IReadOnlyList<DeadEntry> Entries, string? Next)> ReadPageAsync(string queue, string? cursor, int take, CancellationToken cancellationToken)
    {
        var last = 0UL;
        if (cursor is not null && !ulong.TryParse(cursor, NumberStyles.None, CultureInfo.InvariantCulture, out last))
        {
            throw new ArgumentException($"'{cursor}' is not a cursor of this dead-letter queue.", nameof(cursor));
        }

        var entries = new List<DeadEntry>();
        while (await NextAsync(queue, last + 1, cancellationToken).ConfigureAwait(false) is { } stored)
        {
            if (entries.Count == take)
            {
                return (entries, last.ToString(CultureInfo.InvariantCulture));
            }

            entries.Add(DeadEntry.Of(queue, stored));
            last = stored.Sequence;
        }

        return (entries, null);
    }

    /// <summary>Removes one entry.</summary>
    /// <returns>False if it was gone.</returns>
    public ValueTask<bool> DeleteAsync(string queue, ulong sequence, CancellationToken cancellationToken) =>
        jetStream.DeleteMessageAsync(names.DeadStream(queue), sequence, cancellationToken);

    /// <summary>Removes the entries that died before a time.</summary>
    /// <returns>How many.</returns>
    public async ValueTask<long> PurgeAsync(string queue, DateTimeOffset diedBefore, CancellationToken cancellationToken)
    {
        if (await jetStream.GetStreamAsync(names.DeadStream(queue), cancellationToken: cancellationToken).ConfigureAwait(false) is not { Messages: > 0 } info)
        {
            return 0;
        }

        // Places are in the order of time: the first entry to keep is found by halving.
        var (from, to) = (info.FirstSequence, info.LastSequence + 1);
        while (from < to)
        {
            var middle = from + ((to - from) / 2);
            if (await NextAsync(queue, middle, cancellationToken).ConfigureAwait(false) is { } stored && stored.Time < diedBefore)
            {
                from = stored.Sequence + 1;
            }
            else
            {
                to = middle;
            }
        }

        return from == info.FirstSequence ? 0 : await jetStream.PurgeBeforeAsync(names.DeadStream(queue), from, cancellationToken).ConfigureAwait(false);
    }

    private async ValueTask<StoredMessage?> NextAsync(string queue, ulong sequence, CancellationToken cancellationToken)
    {
        try
        {
            return await jetStream.GetMessageAsync(names.DeadStream(queue), sequence, names.DeadSubjects(queue), cancellationToken).ConfigureAwait(false);
        }
        catch (JetStreamException error) when (error.Kind == JetStreamErrorKind.NotFound)
        {
            return null;
        }
    }
}
