using System.Buffers.Text;
using System.Text;
using System.Text.Json;
using Jobs.Brokers.Nats.Protocol;

namespace Jobs.Brokers.Nats.JetStream;

/// <summary>A message as a stream keeps it.</summary>
internal sealed record StoredMessage
{
    public required string Subject { get; init; }

    /// <summary>Its place in the stream.</summary>
    public required ulong Sequence { get; init; }

    /// <summary>When it was stored, by the server's clock.</summary>
    public required DateTimeOffset Time { get; init; }

    /// <summary>Its headers, as one block; empty if it has none.</summary>
    public ReadOnlyMemory<byte> HeaderBlock { get; init; }

    public ReadOnlyMemory<byte> Data { get; init; }

    public NatsHeaders Headers => new(HeaderBlock.Span);

    public static StoredMessage Read(JsonElement json) => new()
    {
        Subject = json.Text("subject"u8) ?? "",
        Sequence = json.UInt64("seq"u8),
        Time = json.Time("time"u8) ?? default,
        HeaderBlock = json.TryGetProperty("hdrs"u8, out var headers) ? headers.GetBytesFromBase64() : default,
        Data = json.TryGetProperty("data"u8, out var data) ? data.GetBytesFromBase64() : default,
    };

    /// <summary>Reads the answer to a direct read, whose headers say where the message stands.</summary>
    /// <param name="block">Its headers.</param>
    /// <param name="payload">Its payload.</param>
    /// <returns>Null if the answer does not say so.</returns>
    public static StoredMessage? Read(ReadOnlySpan<byte> block, ReadOnlySpan<byte> payload)
    {
        var headers = new NatsHeaders(block);
        return headers.TryGet("Nats-Subject"u8, out var subject)
            && headers.TryGet("Nats-Sequence"u8, out var place) && Utf8Parser.TryParse(place, out ulong sequence, out _)
            && headers.TryGet("Nats-Time-Stamp"u8, out var stamp) && TryParse(stamp, out var time)
            ? new StoredMessage
            {
                Subject = Encoding.UTF8.GetString(subject),
                Sequence = sequence,
                Time = time,
                HeaderBlock = block.ToArray(),
                Data = payload.ToArray(),
            }
            : null;
    }

    // RFC 3339 with up to nine digits behind the point, none of them a trailing zero; the parser takes seven.
    private static bool TryParse(ReadOnlySpan<byte> text, out DateTimeOffset time)
    {
        const int Seconds = 19;
        const int Digits = 7;
        time = default;
        if (text.Length <= Seconds || text[^1] != 'Z')
        {
            return false;
        }

        Span<byte> full = stackalloc byte[Seconds + 1 + Digits + 1];
        full.Fill((byte)'0');
        text[..Seconds].CopyTo(full);
        full[Seconds] = (byte)'.';
        full[^1] = (byte)'Z';
        if (text[Seconds] == '.')
        {
            var digits = text[(Seconds + 1)..^1];
            digits[..Math.Min(Digits, digits.Length)].CopyTo(full[(Seconds + 1)..]);
        }

        if (!Utf8Parser.TryParse(full, out DateTime utc, out _, 'O'))
        {
            return false;
        }

        time = new DateTimeOffset(DateTime.SpecifyKind(utc, DateTimeKind.Utc));
        return true;
    }
}
