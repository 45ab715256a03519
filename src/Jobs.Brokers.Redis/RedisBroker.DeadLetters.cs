using System.Buffers;
using Jobs.Brokers.Redis.Protocol;
using Jobs.Brokers.Redis.Receiving;
using Jobs.Brokers.Redis.Scripts;
using Jobs.Messages;

namespace Jobs.Brokers.Redis;

/// <content>Dead letters.</content>
internal sealed partial class RedisBroker
{
    private const int LargestPage = 1_000;
    private const int ScannedAtOnce = 200;

    public ValueTask<long> CountDeadLettersAsync(string queue, CancellationToken cancellationToken = default) =>
        ReadIntegerAsync(RespCommand.Rent("XLEN"u8).Key(KeysOf(queue).Dead), cancellationToken);

    public async ValueTask<DeadLetterPage> GetDeadLettersAsync(string queue, string? cursor, int take, CancellationToken cancellationToken = default)
    {
        ArgumentOutOfRangeException.ThrowIfLessThan(take, 1);
        ArgumentOutOfRangeException.ThrowIfGreaterThan(take, LargestPage);
        var page = await ReadPageAsync(queue, cursor, take, cancellationToken).ConfigureAwait(false);
        return new DeadLetterPage([.. page.Entries.Select(static entry => entry.Letter)], page.Next);
    }

    public async ValueTask<DeadLetter?> GetDeadLetterAsync(string queue, string key, CancellationToken cancellationToken = default) =>
        (await FindAsync(queue, key, cancellationToken).ConfigureAwait(false))?.Letter;

    public async ValueTask<ReplayStatus> ReplayDeadLetterAsync(string queue, string key, CancellationToken cancellationToken = default) =>
        await FindAsync(queue, key, cancellationToken).ConfigureAwait(false) is { } found
            ? await ReplayAsync(queue, found, cancellationToken).ConfigureAwait(false)
            : ReplayStatus.NotFound;

    public async ValueTask<ReplaySummary> ReplayDeadLettersAsync(string queue, ReplayFilter filter, CancellationToken cancellationToken = default)
    {
        var replay = new FilteredReplay(filter, _time);
        string? cursor = null;
        do
        {
            var page = await ReadPageAsync(queue, cursor, ScannedAtOnce, cancellationToken).ConfigureAwait(false);
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

    public async ValueTask<bool> DeleteDeadLetterAsync(string queue, string key, CancellationToken cancellationToken = default)
    {
        var keys = KeysOf(queue);
        return await ReadIntegerAsync(RespCommand.Rent(QueueScripts.DeleteDead, 2).Key(keys.Dead).Key(keys.DeadIndex).Add(key), cancellationToken).ConfigureAwait(false) == 1;
    }

    public async ValueTask<long> PurgeDeadLettersAsync(string queue, DateTimeOffset diedBefore, CancellationToken cancellationToken = default)
    {
        var keys = KeysOf(queue);
        // The first millisecond that lies wholly after it.
        var keepFrom = Math.Max(0, (diedBefore.UtcTicks + TimeSpan.TicksPerMillisecond - 1 - DateTime.UnixEpoch.Ticks) / TimeSpan.TicksPerMillisecond);
        long count = 0;
        for (var purged = (long)PurgedAtOnce; purged == PurgedAtOnce; count += purged)
        {
            purged = await ReadIntegerAsync(
                RespCommand.Rent(QueueScripts.PurgeDead, 2).Key(keys.Dead).Key(keys.DeadIndex).Add(keepFrom).Add(PurgedAtOnce), cancellationToken).ConfigureAwait(false);
        }

        return count;
    }

    private async ValueTask<ReplayStatus> ReplayAsync(string queue, DeadEntry entry, CancellationToken cancellationToken)
    {
        if (entry.Letter.Message is not { } message)
        {
            return ReplayStatus.Undecodable;
        }

        var keys = KeysOf(queue);
        var state = new ArrayBufferWriter<byte>(256);
        message.State.AfterReplay().WriteTo(state);
        var level = SenderOf(queue).LevelOf(message);
        var replayed = await ReadIntegerAsync(
            RespCommand.Rent(QueueScripts.Replay, 3).Key(keys.Dead).Key(keys.DeadIndex).Key(keys.Streams[level])
                .Add(entry.Letter.Key).AddId(entry.Id.Milliseconds, entry.Id.Sequence).Add(state.WrittenSpan),
            cancellationToken).ConfigureAwait(false);
        return replayed == 1 ? ReplayStatus.Replayed : ReplayStatus.NotFound;
    }

    private async ValueTask<DeadEntry?> FindAsync(string queue, string key, CancellationToken cancellationToken)
    {
        ArgumentNullException.ThrowIfNull(key);
        var keys = KeysOf(queue);
        using var reply = await ExecuteAsync(RespCommand.Rent(QueueScripts.FindDead, 2).Key(keys.Dead).Key(keys.DeadIndex).Add(key), cancellationToken).ConfigureAwait(false);
        return ReadEntries(reply, queue).FirstOrDefault();
    }

    private async ValueTask<(IReadOnlyList<DeadEntry> Entries, string? Next)> ReadPageAsync(string queue, string? cursor, int take, CancellationToken cancellationToken)
    {
        if (cursor is not null && !EntryId.TryParse(cursor, out _))
        {
            throw new ArgumentException($"'{cursor}' is not a cursor of this dead-letter queue.", nameof(cursor));
        }

        var command = RespCommand.Rent("XRANGE"u8).Key(KeysOf(queue).Dead).Add(cursor is null ? "-" : $"({cursor}").Add("+"u8).Add("COUNT"u8).Add(take + 1);
        using var reply = await ExecuteAsync(command, cancellationToken).ConfigureAwait(false);
        var entries = ReadEntries(reply, queue);
        return entries.Count > take
            ? (entries[..take], entries[take - 1].Id.ToString())
            : (entries, null);
    }

    private static List<DeadEntry> ReadEntries(RespReply reply, string queue)
    {
        var entries = new List<DeadEntry>();
        var reader = reply.GetReader();
        for (var left = reader.ReadArray(); left > 0; left--)
        {
            reader.ReadArray();
            var id = EntryId.Parse(reader.ReadBytes());
            entries.Add(DeadEntry.Of(queue, id, EntryFields.Read(ref reader)));
        }

        return entries;
    }
}
