using System.Buffers;
using Jobs.Brokers.Nats.DeadLetters;
using Jobs.Brokers.Nats.Sending;

namespace Jobs.Brokers.Nats;

/// <content>Dead letters.</content>
internal sealed partial class NatsBroker
{
    private const int LargestPage = 1_000;
    private const int ScannedAtOnce = 200;

    private DeadLetterStream Dead => field ??= new DeadLetterStream(_jetStream, _names);

    public ValueTask<long> CountDeadLettersAsync(string queue, CancellationToken cancellationToken = default) =>
        Dead.CountAsync(queue, cancellationToken);

    public async ValueTask<DeadLetterPage> GetDeadLettersAsync(string queue, string? cursor, int take, CancellationToken cancellationToken = default)
    {
        ArgumentOutOfRangeException.ThrowIfLessThan(take, 1);
        ArgumentOutOfRangeException.ThrowIfGreaterThan(take, LargestPage);
        var page = await Dead.ReadPageAsync(queue, cursor, take, cancellationToken).ConfigureAwait(false);
        return new DeadLetterPage([.. page.Entries.Select(static entry => entry.Letter)], page.Next);
    }

    public async ValueTask<DeadLetter?> GetDeadLetterAsync(string queue, string key, CancellationToken cancellationToken = default) =>
        (await Dead.FindAsync(queue, key, cancellationToken).ConfigureAwait(false))?.Letter;

    public async ValueTask<ReplayStatus> ReplayDeadLetterAsync(string queue, string key, CancellationToken cancellationToken = default) =>
        await Dead.FindAsync(queue, key, cancellationToken).ConfigureAwait(false) is { } found
            ? await ReplayAsync(queue, found, cancellationToken).ConfigureAwait(false)
            : ReplayStatus.NotFound;

    public async ValueTask<ReplaySummary> ReplayDeadLettersAsync(string queue, ReplayFilter filter, CancellationToken cancellationToken = default)
    {
        var replay = new FilteredReplay(filter, _time);
        string? cursor = null;
        do
        {
            var page = await Dead.ReadPageAsync(queue, cursor, ScannedAtOnce, cancellationToken).ConfigureAwait(false);
            foreach (var entry in page.Entries)
            {
                if (replay.Takes(entry.Letter))
                {
                    await replay.DoAsync(() => ReplayAsync(queue, entry, cancellationToken), cancellationToken).ConfigureAwait(false);
                }
            }

            cursor = page.Next;
        }
        while (cursor is not null && !replay.IsFull);

        return replay.Summary;
    }

    public async ValueTask<bool> DeleteDeadLetterAsync(string queue, string key, CancellationToken cancellationToken = default) =>
        await Dead.FindAsync(queue, key, cancellationToken).ConfigureAwait(false) is { } found
            && await Dead.DeleteAsync(queue, found.Sequence, cancellationToken).ConfigureAwait(false);

    public ValueTask<long> PurgeDeadLettersAsync(string queue, DateTimeOffset diedBefore, CancellationToken cancellationToken = default) =>
        Dead.PurgeAsync(queue, diedBefore, cancellationToken);

    // The copy is stored first: a crash between the two steps leaves the entry, and replaying it again stores no second copy.
    private async ValueTask<ReplayStatus> ReplayAsync(string queue, DeadEntry entry, CancellationToken cancellationToken)
    {
        if (entry.Letter.Message is not { } message)
        {
            return ReplayStatus.Undecodable;
        }

        var next = message.State.AfterReplay();
        var state = new ArrayBufferWriter<byte>(256);
        next.WriteTo(state);
        var stored = await StoreCopyAsync(
            queue, _sender.LevelOf(queue, message), entry.Letter.Document, state.WrittenMemory, MessageIds.Of(message.Id, next.Copy), cancellationToken).ConfigureAwait(false);
        if (!stored.IsStored)
        {
            return ReplayStatus.Failed;
        }

        return await Dead.DeleteAsync(queue, entry.Sequence, cancellationToken).ConfigureAwait(false) ? ReplayStatus.Replayed : ReplayStatus.NotFound;
    }
}
