using System.Text.Json;

namespace Jobs.Brokers.Nats.JetStream;

/// <summary>JetStream refused a request.</summary>
internal sealed class JetStreamException(JetStreamErrorKind kind, int code, int errorCode, string message, Exception? inner = null) : IOException(message, inner)
{
    /// <summary>What it means.</summary>
    public JetStreamErrorKind Kind { get; } = kind;

    /// <summary>Its status, as 404.</summary>
    public int Code { get; } = code;

    /// <summary>Its number (<c>err_code</c>), as 10059; 0 if the server said none.</summary>
    public int ErrorCode { get; } = errorCode;

    /// <summary>The error in an answer, or null if it has none.</summary>
    /// <exception cref="JsonException">The answer is no JSON.</exception>
    public static JetStreamException? Of(ReadOnlySpan<byte> json)
    {
        var reader = new Utf8JsonReader(json);
        using var document = JsonDocument.ParseValue(ref reader);
        return Of(document.RootElement);
    }

    /// <summary>The error in an answer, or null if it has none.</summary>
    public static JetStreamException? Of(JsonElement answer)
    {
        if (!answer.TryGetProperty("error"u8, out var error))
        {
            return null;
        }

        var (code, errorCode) = (error.Int32("code"u8), error.Int32("err_code"u8));
        return new JetStreamException(
            JetStreamErrorKinds.Of(errorCode, code), code, errorCode, $"JetStream: {error.Text("description"u8) ?? "no description"} (error {(errorCode == 0 ? code : errorCode)}).");
    }
}
