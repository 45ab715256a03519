using System.Buffers.Text;
using System.Globalization;
using Jobs.Brokers.Nats.Protocol;

namespace Jobs.Brokers.Nats;

/// <summary>The names of headers. https://docs.nats.io/nats-concepts/jetstream/headers</summary>
internal static class Headers
{
    /// <summary>What a stream recognises a second sending by.</summary>
    public static ReadOnlySpan<byte> MessageId => "Nats-Msg-Id"u8;

    /// <summary>The state of a message, as <c>docs/wire-format.md</c> has it; absent: the initial one.</summary>
    public static ReadOnlySpan<byte> State => "Jobs-State"u8;

    /// <summary>When a delayed message is due, in milliseconds since 1970.</summary>
    public static ReadOnlySpan<byte> Due => "Jobs-Due"u8;

    /// <summary>The message id that a delayed message gets in its queue, where that is not the one it has.</summary>
    public static ReadOnlySpan<byte> Id => "Jobs-Id"u8;

    public static NatsHeaderBlock Add(this NatsHeaderBlock headers, ReadOnlySpan<byte> name, long value)
    {
        Span<byte> text = stackalloc byte[20];
        value.TryFormat(text, out var length, provider: CultureInfo.InvariantCulture);
        return headers.Add(name, text[..length]);
    }

    /// <summary>The number that a header holds, or null.</summary>
    public static long? ReadNumber(this in NatsHeaders headers, ReadOnlySpan<byte> name) =>
        headers.TryGet(name, out var text) && Utf8Parser.TryParse(text, out long number, out var used) && used == text.Length ? number : null;
}
