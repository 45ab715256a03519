using System.Text.Json;

namespace Jobs.Brokers.Nats.JetStream;

/// <summary>What JetStream says to a message: where it is stored, or why it is not.</summary>
internal readonly record struct PublishAck
{
    /// <summary>Its place in the stream; 0 if it is not stored.</summary>
    public ulong Sequence { get; private init; }

    /// <summary>The stream had a message of that id before, at <see cref="Sequence"/>; there is no second one.</summary>
    public bool IsDuplicate { get; private init; }

    /// <summary>Why it is not stored; <see cref="JetStreamErrorKind.None"/> if it is.</summary>
    public JetStreamErrorKind ErrorKind { get; private init; }

    /// <summary>The status of the error, as 503.</summary>
    public int Code { get; private init; }

    /// <summary>The number of the error (<c>err_code</c>), as 10077.</summary>
    public int ErrorCode { get; private init; }

    public bool IsStored => ErrorKind == JetStreamErrorKind.None;

    /// <summary>The error, if it is not stored.</summary>
    /// <param name="subject">Where it was sent.</param>
    public JetStreamException Refusal(string subject) => new(ErrorKind, Code, ErrorCode, $"JetStream refused to store '{subject}': {ErrorKind} (error {ErrorCode}).");

    /// <summary>Reads it without allocating. What the server says about an error: <see cref="JetStreamException.Of(ReadOnlySpan{byte})"/>.</summary>
    /// <returns>False if it is none: something else than JetStream answered.</returns>
    public static bool TryParse(ReadOnlySpan<byte> json, out PublishAck ack)
    {
        ack = default;
        try
        {
            return TryRead(json, ref ack);
        }
        catch (Exception error) when (error is JsonException or InvalidOperationException or FormatException)
        {
            ack = default;
            return false;
        }
    }

    private static bool TryRead(ReadOnlySpan<byte> json, ref PublishAck ack)
    {
        var reader = new Utf8JsonReader(json);
        var isAck = false;
        reader.Read();
        while (reader.Read() && reader.TokenType == JsonTokenType.PropertyName)
        {
            if (reader.ValueTextEquals("seq"u8))
            {
                reader.Read();
                ack = ack with { Sequence = reader.GetUInt64() };
                isAck = true;
            }
            else if (reader.ValueTextEquals("duplicate"u8))
            {
                reader.Read();
                ack = ack with { IsDuplicate = reader.GetBoolean() };
            }
            else if (reader.ValueTextEquals("error"u8))
            {
                ack = ReadError(ref reader);
                return true;
            }
            else
            {
                reader.Skip();
            }
        }

        return isAck;
    }

    private static PublishAck ReadError(ref Utf8JsonReader reader)
    {
        var (code, errorCode) = (0, 0);
        reader.Read();
        while (reader.Read() && reader.TokenType == JsonTokenType.PropertyName)
        {
            if (reader.ValueTextEquals("code"u8))
            {
                reader.Read();
                code = reader.GetInt32();
            }
            else if (reader.ValueTextEquals("err_code"u8))
            {
                reader.Read();
                errorCode = reader.GetInt32();
            }
            else
            {
                reader.Skip();
            }
        }

        return new PublishAck { ErrorKind = JetStreamErrorKinds.Of(errorCode, code), Code = code, ErrorCode = errorCode };
    }
}
