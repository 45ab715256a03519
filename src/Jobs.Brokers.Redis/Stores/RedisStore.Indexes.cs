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
        var (batch, read) = ("+inf", 0L);
        if (cursor is not null)
        {
            var dash = cursor.IndexOf('-', StringComparison.Ordinal);
            if (dash < 0 || !IsNumber(cursor.AsSpan(0, dash), out _) || !IsNumber(cursor.AsSpan(dash + 1), out read))
            {
                throw new ArgumentException($"'{cursor}' is not a cursor of this store.", nameof(cursor));
            }

            batch = cursor[..dash];
        }

        using var reply = await ReadAsync(
            () => RespCommand.Rent(StoreScripts.Page, 1).KeyText(_keys.Index(index)).Add(_keys.BatchPrefix).Add(batch).Add(read).Add(take), cancellationToken).ConfigureAwait(false);
        return ReadPage(reply, _keys.EntryPrefix.Length);
    }

    private static bool IsNumber(ReadOnlySpan<char> text, out long number) => long.TryParse(text, NumberStyles.None, CultureInfo.InvariantCulture, out number);

    private RespCommand CountCommand(ReadOnlySpan<string> indexes)
    {
        var command = RespCommand.Rent(StoreScripts.Count, 1 + indexes.Length).Key(_keys.Counts);
        foreach (var index in indexes)
        {
            command.KeyText(_keys.Index(index));
        }

        return command.Add(_keys.IndexPrefix).Add(_keys.BatchPrefix);
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

    private static StorePage ReadPage(RespReply reply, int prefix)
    {
        var reader = reply.GetReader();
        var found = (reader.ReadArray() - 2) / 2;
        var batch = reader.ReadString();
        var read = reader.ReadInteger();
        var entries = new List<StoreEntry>(found);
        for (var i = 0; i < found; i++)
        {
            var key = Encoding.UTF8.GetString(reader.ReadBytes()[prefix..]);
            if (StoredEntry.Read(key, reader.ReadBytes()) is { } stored)
            {
                entries.Add(stored.Entry);
            }
        }

        return new StorePage(entries, batch.Length == 0 ? null : string.Create(CultureInfo.InvariantCulture, $"{batch}-{read}"));
    }
}
