using System.Buffers;
using System.Text;
using System.Text.Encodings.Web;
using System.Text.Json;
using Jobs.Brokers.Nats.Protocol;

namespace Jobs.Brokers.Nats.DeadLetters;

/// <summary>The headers of a dead letter. What people wrote is escaped as in JSON, so that it is ASCII without line breaks.</summary>
internal static class DeadHeaders
{
    // With the state it must stay below the 64 KiB that a header block may have.
    private const int LongestError = 16 * 1024;
    private const int ShortenedTo = 2_000;

    private static ReadOnlySpan<byte> KeyName => "Jobs-Key"u8;

    private static ReadOnlySpan<byte> ReasonName => "Jobs-Reason"u8;

    private static ReadOnlySpan<byte> ErrorName => "Jobs-Error"u8;

    /// <param name="headers">What they are added to.</param>
    /// <param name="key">The job's id, or the broker's message id.</param>
    /// <param name="state">The state, as JSON in ASCII; empty for the initial one.</param>
    /// <param name="reason">Why, for the machine.</param>
    /// <param name="error">Why, for a person.</param>
    public static void Write(NatsHeaderBlock headers, string key, ReadOnlySpan<byte> state, string reason, string? error)
    {
        headers.Add(KeyName, Escape(key)).Add(ReasonName, Escape(reason));
        if (!state.IsEmpty)
        {
            headers.Add(Headers.State, state);
        }

        if (error is not null)
        {
            var escaped = Escape(error);
            headers.Add(ErrorName, escaped.Length <= LongestError ? escaped : Escape($"{error[..ShortenedTo]}..."));
        }
    }

    public static string? Key(in NatsHeaders headers) => Read(headers, KeyName);

    public static ReadOnlySpan<byte> State(in NatsHeaders headers) => headers.TryGet(Headers.State, out var state) ? state : [];

    public static string? Reason(in NatsHeaders headers) => Read(headers, ReasonName);

    public static string? Error(in NatsHeaders headers) => Read(headers, ErrorName);

    private static string? Read(in NatsHeaders headers, ReadOnlySpan<byte> name) => headers.TryGet(name, out var value) ? Unescape(value) : null;

    // Blanks at the ends do not belong to a value, so those that do are escaped.
    private static string Escape(string text)
    {
        var escaped = JavaScriptEncoder.Default.Encode(text);
        escaped = escaped.StartsWith(' ') ? $"\\u0020{escaped[1..]}" : escaped;
        return escaped.EndsWith(' ') ? $"{escaped[..^1]}\\u0020" : escaped;
    }

    private static string Unescape(ReadOnlySpan<byte> value)
    {
        if (!value.Contains((byte)'\\'))
        {
            return Encoding.UTF8.GetString(value);
        }

        byte[] quoted = [(byte)'"', .. value, (byte)'"'];
        try
        {
            var reader = new Utf8JsonReader(quoted);
            reader.Read();
            return reader.BytesConsumed == quoted.Length ? reader.GetString()! : Encoding.UTF8.GetString(value);
        }
        catch (Exception error) when (error is JsonException or InvalidOperationException)
        {
            // Written by someone else.
            return Encoding.UTF8.GetString(value);
        }
    }
}
