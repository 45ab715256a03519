using System.Buffers;
using System.Text.Json;
using Jobs.Brokers.Sqs.Protocol;

namespace Jobs.Brokers.Sqs.DeadLetters;

/// <summary>What the attribute of a dead letter says: one JSON document in ASCII.</summary>
/// <param name="Key">The job's id, or the id at SQS of what cannot be decoded.</param>
/// <param name="Reason">Why, for the machine.</param>
/// <param name="Error">Why, for a person.</param>
/// <param name="DiedAt">When.</param>
internal readonly record struct DeathNote(string Key, string Reason, string? Error, DateTimeOffset DiedAt)
{
    public const string Attribute = "JobsDeath";

    // With the state it must stay below the 32 KiB that documents leave free.
    private const int LongestError = 900;

    public SqsAttribute ToAttribute()
    {
        var output = new ArrayBufferWriter<byte>(256);
        using (var writer = new Utf8JsonWriter(output))
        {
            writer.WriteStartObject();
            writer.WriteString("key"u8, Key);
            writer.WriteString("reason"u8, Reason);
            if (Error is not null)
            {
                writer.WriteString("error"u8, Shorten(Error));
            }

            writer.WriteString("at"u8, DiedAt.UtcDateTime);
            writer.WriteEndObject();
        }

        return new SqsAttribute(Attribute, output.WrittenMemory);
    }

    /// <summary>What a dead letter says; null if SQS itself, or somebody else, put it there.</summary>
    public static DeathNote? Of(in SqsMessage message)
    {
        foreach (var attribute in message.Attributes.Span)
        {
            if (attribute.Name == Attribute)
            {
                return Read(attribute.Value);
            }
        }

        return null;
    }

    private static string Shorten(string text) =>
        text.Length <= LongestError ? text : $"{text.AsSpan(0, char.IsHighSurrogate(text[LongestError - 1]) ? LongestError - 1 : LongestError)}...";

    private static DeathNote? Read(ReadOnlyMemory<byte> value)
    {
        try
        {
            using var document = JsonDocument.Parse(value);
            var root = document.RootElement;
            return new DeathNote(
                root.GetProperty("key"u8).GetString()!,
                root.GetProperty("reason"u8).GetString()!,
                root.TryGetProperty("error"u8, out var error) ? error.GetString() : null,
                root.GetProperty("at"u8).GetDateTimeOffset());
        }
        catch (Exception error) when (error is JsonException or KeyNotFoundException or InvalidOperationException or FormatException)
        {
            // Written by someone else.
            return null;
        }
    }
}
