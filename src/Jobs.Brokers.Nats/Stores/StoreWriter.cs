using System.Globalization;
using System.Security.Cryptography;
using System.Text;
using System.Text.Unicode;
using Jobs.Brokers.Nats.JetStream;
using Jobs.Brokers.Nats.Protocol;

namespace Jobs.Brokers.Nats.Stores;

/// <summary>Replaces messages of a stream that keeps the last of each subject, each only if it is still there. Safe for concurrent use.</summary>
/// <remarks>
/// <para>A replicated stream compares, on some servers (2.9 among them), with what has been applied, not with what is under way: two that replace the same
/// message at the same moment would both be stored. So both have the same message id there, by which the second is recognised in any case; a server that is
/// alone needs none, and is spared to remember it.</para>
/// <para>Each has a mark of its own besides: where an answer was lost, it is looked for.</para>
/// </remarks>
/// <param name="jetStream">The calls.</param>
/// <param name="reader">Knows what the stream is like.</param>
/// <param name="stream">The stream.</param>
/// <param name="leastAge">How long the server keeps what has expired or was deleted.</param>
/// <param name="changed">Called if the stream is not as it was: it lets go of nothing any more.</param>
internal sealed class StoreWriter(JetStreamClient jetStream, StoreReader reader, string stream, TimeSpan leastAge, Action changed)
{
    private const int TtlDisabled = 10166;

    private readonly byte[] _me = Encoding.ASCII.GetBytes($"{RandomNumberGenerator.GetHexString(16, lowercase: true)}-");
    private long _writes;

    /// <summary>Headers for a write, to be added to.</summary>
    public NatsHeaderBlock Headers() => Headers(new NatsHeaderBlock(), NextMark());

    /// <inheritdoc cref="Headers()"/>
    /// <param name="block">Is emptied first.</param>
    /// <param name="mark">Of <see cref="NextMark"/>, unless the same write is sent again.</param>
    public NatsHeaderBlock Headers(NatsHeaderBlock block, long mark) => block.Clear().Add(StoreHeaders.Write, Text(_me, mark, stackalloc byte[40]));

    /// <summary>What tells a write from all others of this process.</summary>
    public long NextMark() => Interlocked.Increment(ref _writes);

    /// <summary>Says that it expires.</summary>
    /// <param name="headers">Made by <see cref="Headers()"/>.</param>
    /// <param name="milliseconds">After what time.</param>
    public NatsHeaderBlock Expiring(NatsHeaderBlock headers, long milliseconds) => LettingGo(headers.Add(StoreHeaders.Ttl, milliseconds), milliseconds);

    /// <summary>Says that nothing is there any more.</summary>
    /// <param name="headers">Made by <see cref="Headers()"/>.</param>
    public NatsHeaderBlock Deleting(NatsHeaderBlock headers) => LettingGo(headers.Add(StoreHeaders.Operation, "DEL"u8), 0);

    /// <summary>Makes it the headers of a message that takes the place of another.</summary>
    /// <param name="headers">Made by <see cref="Headers()"/>.</param>
    /// <param name="subject">The subject.</param>
    /// <param name="replaced">The place of what is replaced; 0 for nothing.</param>
    public NatsHeaderBlock Replacing(NatsHeaderBlock headers, ReadOnlySpan<byte> subject, ulong replaced)
    {
        headers.Add(StoreHeaders.Expected, (long)replaced);
        return reader.IsAlone ? headers : headers.Add("Nats-Msg-Id"u8, Text([.. subject, (byte)'@'], (long)replaced, stackalloc byte[subject.Length + 24]));
    }

    /// <summary>Writes a message in the place of another.</summary>
    /// <param name="subject">The subject.</param>
    /// <param name="replaced">The place of what is replaced; 0 for nothing.</param>
    /// <param name="headers">Made by <see cref="Headers()"/>.</param>
    /// <param name="value">What is written.</param>
    /// <param name="mayHaveArrived">True if the same was sent before, and no answer came.</param>
    /// <param name="cancellationToken">Ends the call.</param>
    /// <returns>Its place; 0 if something else is there by now.</returns>
    /// <exception cref="JetStreamException">JetStream refused it; or an answer was lost, and it cannot be known whether it was written.</exception>
    public async ValueTask<ulong> TryWriteAsync(
        string subject, ulong replaced, NatsHeaderBlock headers, ReadOnlyMemory<byte> value, bool mayHaveArrived, CancellationToken cancellationToken)
    {
        var block = Replacing(headers, Encoding.ASCII.GetBytes(subject), replaced).Bytes.ToArray();
        var (ack, isRepeated) = await jetStream.PublishAsync(subject, block, value, cancellationToken).ConfigureAwait(false);
        return ack.ErrorKind switch
        {
            JetStreamErrorKind.None when !ack.IsDuplicate => ack.Sequence,
            JetStreamErrorKind.None or JetStreamErrorKind.WrongLastSequence =>
                isRepeated || mayHaveArrived ? await FindOwnAsync(subject, replaced, block, cancellationToken).ConfigureAwait(false) : 0,
            _ => throw Refused(ack, subject),
        };
    }

    /// <inheritdoc cref="TryWriteAsync(string, ulong, NatsHeaderBlock, ReadOnlyMemory{byte}, bool, CancellationToken)"/>
    public ValueTask<ulong> TryWriteAsync(string subject, ulong replaced, NatsHeaderBlock headers, ReadOnlyMemory<byte> value, CancellationToken cancellationToken) =>
        TryWriteAsync(subject, replaced, headers, value, mayHaveArrived: false, cancellationToken);

    // As long after its end as a sweep waits, and for the same reasons; a memory of message ids that outlives it would, besides, take the next of its
    // subject for a repeat.
    private NatsHeaderBlock LettingGo(NatsHeaderBlock headers, long milliseconds)
    {
        if (!reader.LetsGo)
        {
            return headers;
        }

        Span<byte> seconds = stackalloc byte[24];
        Utf8.TryWrite(seconds, CultureInfo.InvariantCulture, $"{Math.Max(1, (long)Math.Ceiling((milliseconds + leastAge.TotalMilliseconds) / 1_000))}s", out var length);
        return headers.Add(StoreHeaders.ServerTtl, seconds[..length]);
    }

    private static ReadOnlySpan<byte> Text(ReadOnlySpan<byte> start, long number, Span<byte> destination)
    {
        start.CopyTo(destination);
        number.TryFormat(destination[start.Length..], out var digits, provider: CultureInfo.InvariantCulture);
        return destination[..(start.Length + digits)];
    }

    private JetStreamException Refused(in PublishAck ack, string subject)
    {
        if (ack.ErrorCode == TtlDisabled)
        {
            changed();
        }

        return ack.Refusal(subject);
    }

    // The answer to an earlier try was lost: what is there now may be what that one wrote.
    private async ValueTask<ulong> FindOwnAsync(string subject, ulong replaced, byte[] block, CancellationToken cancellationToken)
    {
        var last = await jetStream.GetLastMessageAsync(stream, subject, cancellationToken).ConfigureAwait(false);
        if (last is null || (ulong)(last.Headers.ReadNumber(StoreHeaders.Expected) ?? -1) == replaced)
        {
            // It, and nothing else, has taken the place of what was to be replaced.
            return last is not null && MarkOf(block).SequenceEqual(MarkOf(last.HeaderBlock.Span)) ? last.Sequence : 0;
        }

        throw new JetStreamException(
            JetStreamErrorKind.Other, 0, 0, $"The answer to a write of '{subject}' was lost, and others have written since: whether it was written cannot be known.");
    }

    private static ReadOnlySpan<byte> MarkOf(ReadOnlySpan<byte> block) => new NatsHeaders(block).TryGet(StoreHeaders.Write, out var mark) ? mark : default;
}
