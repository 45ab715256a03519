using System.Buffers;
using System.Collections.Concurrent;
using System.Globalization;
using Jobs.Brokers.Sqs.DeadLetters;
using Jobs.Brokers.Sqs.Protocol;
using Jobs.Brokers.Sqs.Sending;

namespace Jobs.Brokers.Sqs;

/// <content>Dead letters.</content>
internal sealed partial class SqsBroker
{
    private const int LargestPage = 1_000;
    private const int RequestsAtOnce = 4;

    private static readonly TimeSpan PatienceWithOthers = TimeSpan.FromSeconds(5);
    private static readonly TimeSpan FirstPauseForOthers = TimeSpan.FromMilliseconds(50);
    private static readonly TimeSpan LongestPauseForOthers = TimeSpan.FromMilliseconds(500);

    // One look at a time in this process: two would hide from each other what they look for.
    private readonly ConcurrentDictionary<string, SemaphoreSlim> _looks = new(StringComparer.Ordinal);

    public async ValueTask<long> CountDeadLettersAsync(string queue, CancellationToken cancellationToken = default)
    {
        var (visible, hidden) = await CountAsync(_names.Dead(queue), cancellationToken).ConfigureAwait(false);
        return visible + hidden;
    }

    public async ValueTask<DeadLetterPage> GetDeadLettersAsync(string queue, string? cursor, int take, CancellationToken cancellationToken = default)
    {
        ArgumentOutOfRangeException.ThrowIfLessThan(take, 1);
        ArgumentOutOfRangeException.ThrowIfGreaterThan(take, LargestPage);
        var after = DeadPlace.OfCursor(cursor);
        var oldest = await LookAsync(queue, (look, token) => OldestAsync(look, entry => !(entry.Place.CompareTo(after ?? default) <= 0 && after is not null), take + 1, token), [], cancellationToken).ConfigureAwait(false);
        var page = oldest.Take(take).Select(static entry => entry.Letter!).ToArray();
        return new DeadLetterPage(page, oldest.Count > take ? new DeadPlace(page[^1].DiedAt, page[^1].Key).ToCursor() : null);
    }

    public ValueTask<DeadLetter?> GetDeadLetterAsync(string queue, string key, CancellationToken cancellationToken = default) =>
        FindAsync(queue, key, static (_, entry) => new ValueTask<DeadLetter?>(entry.Letter), null, cancellationToken);

    public ValueTask<ReplayStatus> ReplayDeadLetterAsync(string queue, string key, CancellationToken cancellationToken = default) =>
        FindAsync(queue, key, (look, entry) => ReplayAsync(look, queue, entry, cancellationToken), ReplayStatus.NotFound, cancellationToken);

    public async ValueTask<ReplaySummary> ReplayDeadLettersAsync(string queue, ReplayFilter filter, CancellationToken cancellationToken = default)
    {
        var replay = new FilteredReplay(filter, _time);
        await LookAsync(queue, async (look, token) =>
        {
            if (filter.Limit is { } limit)
            {
                // The oldest ones are meant, and SQS hands them out in any order.
                await ReplayAllAsync(look, queue, replay, await OldestAsync(look, entry => filter.Matches(entry.Letter!), limit, token).ConfigureAwait(false), token).ConfigureAwait(false);
            }
            else
            {
                while (await look.NextAsync(1, token).ConfigureAwait(false) is { } found)
                {
                    await ReplayAllAsync(look, queue, replay, found, token).ConfigureAwait(false);
                }
            }

            return true;
        }, true, cancellationToken).ConfigureAwait(false);
        return replay.Summary;
    }

    public ValueTask<bool> DeleteDeadLetterAsync(string queue, string key, CancellationToken cancellationToken = default) =>
        FindAsync(queue, key, async (look, entry) => await look.DeleteAsync([entry], cancellationToken).ConfigureAwait(false) > 0, false, cancellationToken);

    public ValueTask<long> PurgeDeadLettersAsync(string queue, DateTimeOffset diedBefore, CancellationToken cancellationToken = default) =>
        LookAsync(queue, async (look, token) =>
        {
            var count = 0L;
            while (await look.NextAsync(RequestsAtOnce, token).ConfigureAwait(false) is { } found)
            {
                count += await look.DeleteAsync([.. found.Distinct().Where(entry => entry.Place.DiedAt < diedBefore)], token).ConfigureAwait(false);
                foreach (var kept in found)
                {
                    kept.DropLetter();
                }
            }

            return count;
        }, 0L, cancellationToken);

    // Those that matter, oldest first, no more than asked for; all others are held by their places only.
    private static async ValueTask<IReadOnlyList<HeldDeadLetter>> OldestAsync(DeadLetterLook look, Func<HeldDeadLetter, bool> matters, int most, CancellationToken cancellationToken)
    {
        var oldest = new SortedDictionary<DeadPlace, HeldDeadLetter>();
        while (await look.NextAsync(RequestsAtOnce, cancellationToken).ConfigureAwait(false) is { } found)
        {
            foreach (var entry in found)
            {
                if (entry.Letter is null || !matters(entry))
                {
                    entry.DropLetter();
                    continue;
                }

                oldest[entry.Place] = entry;
                if (oldest.Count > most)
                {
                    var (place, last) = oldest.Last();
                    oldest.Remove(place);
                    last.DropLetter();
                }
            }
        }

        return [.. oldest.Values.Distinct()];
    }

    private async ValueTask ReplayAllAsync(DeadLetterLook look, string queue, FilteredReplay replay, IReadOnlyList<HeldDeadLetter> entries, CancellationToken cancellationToken)
    {
        foreach (var entry in entries)
        {
            if (entry.Letter is { } letter && replay.Takes(letter))
            {
                await look.KeepAsync(cancellationToken).ConfigureAwait(false);
                await replay.DoAsync(() => ReplayAsync(look, queue, entry, cancellationToken), cancellationToken).ConfigureAwait(false);
            }

            entry.DropLetter();
        }
    }

    // The copy is stored first: a crash between the two steps leaves both, and SQS does not recognise a second copy.
    private async ValueTask<ReplayStatus> ReplayAsync(DeadLetterLook look, string queue, HeldDeadLetter entry, CancellationToken cancellationToken)
    {
        if (entry.Letter is not { Message: { } message } letter)
        {
            return ReplayStatus.Undecodable;
        }

        var next = message.State.AfterReplay();
        var state = new ArrayBufferWriter<byte>(256);
        next.WriteTo(state);
        var operation = new SendOperation(1, isRepeatable: true);
        var outbox = _sender.AddCopy(
            operation, 0, queue, _sender.LevelOf(queue, message), message, letter.Document.Span, state.WrittenMemory, due: null, string.Create(CultureInfo.InvariantCulture, $"{message.Id}:{next.Copy}"));
        await _sender.RunAsync(operation, [outbox], cancellationToken).ConfigureAwait(false);
        if (!operation[0].IsStored)
        {
            return ReplayStatus.Failed;
        }

        await look.DeleteAsync([entry], CancellationToken.None).ConfigureAwait(false);
        return ReplayStatus.Replayed;
    }

    // Does something with the entry of a key. What another process looks at is hidden from this one: that is waited for.
    private async ValueTask<T> FindAsync<T>(string queue, string key, Func<DeadLetterLook, HeldDeadLetter, ValueTask<T>> use, T missing, CancellationToken cancellationToken)
    {
        ArgumentNullException.ThrowIfNull(key);
        var begun = _time.GetTimestamp();
        for (var pause = new RetryPause(FirstPauseForOthers, LongestPauseForOthers, _time); ; await pause.WaitAsync(cancellationToken).ConfigureAwait(false))
        {
            var (isFound, result) = await LookAsync(queue, async (look, token) =>
            {
                var entry = await SeekAsync(look, key, token).ConfigureAwait(false);
                return entry is null ? (false, missing) : (true, await use(look, entry).ConfigureAwait(false));
            }, (false, missing), cancellationToken).ConfigureAwait(false);
            if (isFound || _time.GetElapsedTime(begun) > PatienceWithOthers
                || (await CountAsync(_names.Dead(queue), cancellationToken).ConfigureAwait(false)).Hidden == 0)
            {
                return result;
            }
        }
    }

    private static async ValueTask<HeldDeadLetter?> SeekAsync(DeadLetterLook look, string key, CancellationToken cancellationToken)
    {
        for (var requests = 1; await look.NextAsync(requests, cancellationToken).ConfigureAwait(false) is { } found; requests = RequestsAtOnce)
        {
            foreach (var entry in found)
            {
                if (entry.Place.Key == key)
                {
                    return entry;
                }

                entry.DropLetter();
            }
        }

        return null;
    }

    private async ValueTask<T> LookAsync<T>(string queue, Func<DeadLetterLook, CancellationToken, ValueTask<T>> use, T empty, CancellationToken cancellationToken)
    {
        var name = _names.Dead(queue);
        if (await _urls.FindAsync(name, cancellationToken).ConfigureAwait(false) is not { } url)
        {
            // Nobody provisioned the queue: nothing has died in it.
            return empty;
        }

        var turn = _looks.GetOrAdd(queue, static _ => new SemaphoreSlim(1));
        await turn.WaitAsync(cancellationToken).ConfigureAwait(false);
        try
        {
            var look = new DeadLetterLook(_client, queue, url, _time, _logger);
            await using (look.ConfigureAwait(false))
            {
                return await use(look, cancellationToken).ConfigureAwait(false);
            }
        }
        finally
        {
            turn.Release();
        }
    }

    private async ValueTask<(long Visible, long Hidden)> CountAsync(string name, CancellationToken cancellationToken)
    {
        if (await _urls.FindAsync(name, cancellationToken).ConfigureAwait(false) is not { } url)
        {
            return default;
        }

        var counts = await _client.GetQueueAttributesAsync(
            url, [SqsAttributeNames.ApproximateNumberOfMessages, SqsAttributeNames.ApproximateNumberOfMessagesNotVisible], cancellationToken).ConfigureAwait(false);
        return (Administration.QueueState.Number(counts, SqsAttributeNames.ApproximateNumberOfMessages), Administration.QueueState.Number(counts, SqsAttributeNames.ApproximateNumberOfMessagesNotVisible));
    }
}
