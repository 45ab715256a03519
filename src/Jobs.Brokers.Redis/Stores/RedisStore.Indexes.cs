using System.Globalization;
using System.Text;
using Jobs.Brokers.Redis.Protocol;
using Jobs.Stores;

namespace Jobs.Brokers.Redis.Stores;

/// <content>Indexes.</content>
internal sealed partial class RedisStore
{
    public async ValueTask CountAsync(ReadOnlyMemory<string> indexes, Memory<long> counts, CancellationToken cancellationToken = default)
    {
        ArgumentOutOfRangeException.ThrowIfLessThan(counts.Length, indexes.Length, nameof(counts));
        for (var start = 0; start < indexes.Length; start += MostInScript)
        {
            var part = indexes.Slice(start, Math.Min(MostInScript, indexes.Length - start));
            using var reply = await ReadAsync(() => CountCommand(part.Span), cancellationToken).ConfigureAwait(false);
            ReadNumbers(reply, counts.Span.Slice(start, part.Length));
        }
    }

    public async ValueTask<StorePage> PageAsync(string index, string? cursor, int take, CancellationToken cancellationToken = default)
    {
        StoreRules.CheckPage(index, take);
        if (cursor is not null && !long.TryParse(cursor, NumberStyles.None, CultureInfo.InvariantCulture, out _))
        {
            throw new ArgumentException($"'{cursor}' is not a cursor of this store.", nameof(cursor));
        }

        using var reply = await ReadAsync(
            () => RespCommand.Rent(StoreScripts.Page, 1).KeyText(_keys.Index(index)).Add(cursor is null ? "+inf" : $"({cursor}").Add(take),
            cancellationToken).ConfigureAwait(false);
        return ReadPage(reply, take, _keys.EntryPrefix.Length);
    }

    private RespCommand CountCommand(ReadOnlySpan<string> indexes)
    {
        var command = RespCommand.Rent(StoreScripts.Count, indexes.Length);
        foreach (var index in indexes)
        {
            command.KeyText(_keys.Index(index));
        }

        return command;
    }

    private static void ReadNumbers(RespReply reply, Span<long> numbers)
    {
        var reader = reply.GetReader();
        reader.ReadArray();
        foreach (ref var number in numbers)
        {
            number = reader.ReadInteger();
        }
    }

    private static StorePage ReadPage(RespReply reply, int take, int prefix)
    {
        var reader = reply.GetReader();
        var found = (reader.ReadArray() - 1) / 2;
        var end = reader.ReadString();
        var entries = new List<StoreEntry>(found);
        for (var i = 0; i < found; i++)
        {
            var key = Encoding.UTF8.GetString(reader.ReadBytes()[prefix..]);
            if (StoredEntry.Read(key, reader.ReadBytes()) is { } entry)
            {
                entries.Add(entry);
            }
        }

        return new StorePage(entries, found == take ? end : null);
    }
}
