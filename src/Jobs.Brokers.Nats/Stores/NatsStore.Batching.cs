using Jobs.Brokers.Nats.JetStream;
using Jobs.Brokers.Nats.Protocol;
using Jobs.Stores;

namespace Jobs.Brokers.Nats.Stores;

/// <content>Batches: what is to be replaced is read together, then all is written together, in the order given, which is that of the indexes. What is
/// not answered, or refused, goes on alone, as a single write does.</content>
internal sealed partial class NatsStore
{
    private async ValueTask WriteAllAsync(ReadOnlyMemory<StoreWrite> writes, Memory<StoreWriteResult> results, CancellationToken cancellationToken)
    {
        var first = new List<int>(writes.Length);
        List<int>? again = null;
        var keys = new HashSet<string>(writes.Length, StringComparer.Ordinal);
        (StoreIndex? Index, string Key) last = (null, "");
        for (var i = 0; i < writes.Length; i++)
        {
            var (key, index) = (writes.Span[i].Key, writes.Span[i].Index);
            (keys.Add(key) ? first : again ??= []).Add(i);

            // Most are like the one before.
            if (index is not null && !(ReferenceEquals(index, last.Index) && StoreNames.AreOfOneClass(key, last.Key)))
            {
                await _classes.AddAsync(index.Name, key, cancellationToken).ConfigureAwait(false);
                last = (index, key);
            }
        }

        for (var start = 0; start < first.Count; start += MostUnderWay)
        {
            await WriteTogetherAsync(writes, first.GetRange(start, Math.Min(MostUnderWay, first.Count - start)), results, cancellationToken).ConfigureAwait(false);
        }

        // Those of one key one after the other.
        foreach (var i in again ?? [])
        {
            var result = await WriteOneAsync(writes.Span[i], cancellationToken).ConfigureAwait(false);
            results.Span[i] = result;
        }
    }

    // All are waited for, so that nothing is written to the results afterwards.
    private async ValueTask WriteTogetherAsync(ReadOnlyMemory<StoreWrite> writes, List<int> chosen, Memory<StoreWriteResult> results, CancellationToken cancellationToken)
    {
        var slots = await ReadTogetherAsync(writes, chosen, cancellationToken).ConfigureAwait(false);
        await _client.WaitConnectedAsync(cancellationToken).ConfigureAwait(false);
        var marks = new long[chosen.Count];
        var exchange = Publish(writes.Span, chosen, slots, marks);
        await exchange.SendAsync(_jetStream.AnswerTime, cancellationToken).ConfigureAwait(false);
        List<Task>? others = null;
        for (var n = 0; n < chosen.Count; n++)
        {
            if (exchange.TryGet(n, out var ack) && ack is { IsStored: true, IsDuplicate: false })
            {
                results.Span[chosen[n]] = Written(writes.Span[chosen[n]], ack.Sequence);
            }
            else
            {
                (others ??= []).Add(GoOnAsync(n));
            }
        }

        await Task.WhenAll(others ?? []).ConfigureAwait(false);

        async Task GoOnAsync(int n)
        {
            var write = writes.Span[chosen[n]];
            var slot = slots[n];
            var isSure = !TryGuess(write, out _) && _reader.IsAlone;
            if (exchange.IsAsked(n))
            {
                // Refused: something else is there. Not answered, or refused for a while: the same is sent again.
                var isRefused = exchange.TryGet(n, out var ack) && ack.ErrorKind is JetStreamErrorKind.None or JetStreamErrorKind.WrongLastSequence;
                var place = isRefused
                    ? 0
                    : await _writer.TryWriteAsync(
                        _names.EntrySubject(write.Key),
                        slot.Sequence,
                        HeadersOf(write, slot, new NatsHeaderBlock(), marks[n]),
                        write.Value ?? default,
                        exchange.MayHaveArrived(n),
                        cancellationToken).ConfigureAwait(false);
                if (place > 0)
                {
                    results.Span[chosen[n]] = Written(write, place);
                    return;
                }

                (slot, isSure) = (await FindAsync(write.Key, mayLag: false, cancellationToken).ConfigureAwait(false), true);
            }

            var result = await WriteAsync(write, slot, isSure, cancellationToken).ConfigureAwait(false);
            results.Span[chosen[n]] = result;
        }
    }

    private async ValueTask<StoreSlot[]> ReadTogetherAsync(ReadOnlyMemory<StoreWrite> writes, List<int> chosen, CancellationToken cancellationToken)
    {
        await _client.WaitConnectedAsync(cancellationToken).ConfigureAwait(false);
        var slots = new StoreSlot[chosen.Count];
        Exchange<StoredMessage?>? exchange = null;
        for (var n = 0; n < chosen.Count; n++)
        {
            if (!TryGuess(writes.Span[chosen[n]], out slots[n]))
            {
                exchange ??= _jetStream.NewDirectReads(chosen.Count);
                exchange.Add(n, _jetStream.DirectSubject(_names.Stream, _names.EntrySubject(writes.Span[chosen[n]].Key)), default, default);
            }
        }

        if (exchange is null)
        {
            return slots;
        }

        await exchange.SendAsync(_jetStream.AnswerTime, cancellationToken).ConfigureAwait(false);
        for (var n = 0; n < slots.Length; n++)
        {
            if (!exchange.IsAsked(n))
            {
                continue;
            }

            var key = writes.Span[chosen[n]].Key;
            var isRead = exchange.TryGet(n, out var message);
            if (message is not null)
            {
                slots[n] = await SlotOfAsync(key, message, cancellationToken).ConfigureAwait(false);
            }

            if (!isRead || slots[n].IsExpired)
            {
                slots[n] = await FindAsync(key, mayLag: !isRead, cancellationToken).ConfigureAwait(false);
            }
        }

        return slots;
    }

    private Exchange<PublishAck> Publish(ReadOnlySpan<StoreWrite> writes, List<int> chosen, StoreSlot[] slots, long[] marks)
    {
        var exchange = _jetStream.NewPublishes(chosen.Count);
        var block = new NatsHeaderBlock();
        Span<byte> room = stackalloc byte[_names.LongestEntrySubject];
        try
        {
            for (var n = 0; n < chosen.Count; n++)
            {
                ref readonly var write = ref writes[chosen[n]];
                if (NeedsMessage(write, slots[n]))
                {
                    var subject = room[.._names.WriteEntrySubject(write.Key, room)];
                    marks[n] = _writer.NextMark();
                    _writer.Replacing(HeadersOf(write, slots[n], block, marks[n]), subject, slots[n].Sequence);
                    exchange.Add(n, subject, block.Bytes, write.Value is { } value ? value.Span : default);
                }
            }
        }
        catch
        {
            exchange.Discard();
            throw;
        }

        return exchange;
    }
}
