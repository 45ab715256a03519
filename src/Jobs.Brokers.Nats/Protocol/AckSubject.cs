using System.Buffers.Text;

namespace Jobs.Brokers.Nats.Protocol;

/// <summary>What the reply subject of a JetStream delivery tells: <c>$JS.ACK.[domain.account.]stream.consumer.delivered.sequence.consumerSequence.time.pending[.more]</c>.</summary>
/// <remarks>https://github.com/nats-io/nats-architecture-and-design/blob/main/adr/ADR-15.md</remarks>
/// <param name="Delivered">How often it was delivered, this time included.</param>
/// <param name="StreamSequence">Its number in the stream.</param>
/// <param name="ConsumerSequence">The number of the delivery.</param>
/// <param name="Timestamp">When the stream took it, in nanoseconds since 1970.</param>
/// <param name="Pending">How many more match the consumer, as of then.</param>
internal readonly record struct AckSubject(ulong Delivered, ulong StreamSequence, ulong ConsumerSequence, long Timestamp, ulong Pending)
{
    private const int ShortForm = 9;
    private const int LongForm = 11;
    private const int MostParts = 16;

    /// <summary>When the stream took it.</summary>
    public DateTimeOffset Time => DateTimeOffset.UnixEpoch.AddTicks(Timestamp / 100);

    /// <returns>False if the subject is none.</returns>
    public static bool TryParse(ReadOnlySpan<byte> subject, out AckSubject ack)
    {
        ack = default;
        if (!subject.StartsWith("$JS.ACK."u8))
        {
            return false;
        }

        Span<Range> parts = stackalloc Range[MostParts];
        var count = 0;
        foreach (var part in subject.Split((byte)'.'))
        {
            if (count == MostParts)
            {
                break;
            }

            parts[count++] = part;
        }

        // Later versions may add parts at the end of the long form.
        var first = count == ShortForm ? 4 : count >= LongForm ? 6 : 0;
        if (first == 0
            || !TryRead(subject[parts[first]], out ulong delivered)
            || !TryRead(subject[parts[first + 1]], out var streamSequence)
            || !TryRead(subject[parts[first + 2]], out var consumerSequence)
            || !TryRead(subject[parts[first + 3]], out var timestamp)
            || !TryRead(subject[parts[first + 4]], out var pending)
            || timestamp > long.MaxValue)
        {
            return false;
        }

        ack = new AckSubject(delivered, streamSequence, consumerSequence, (long)timestamp, pending);
        return true;
    }

    private static bool TryRead(ReadOnlySpan<byte> text, out ulong number) => Utf8Parser.TryParse(text, out number, out var used) && used == text.Length;
}
