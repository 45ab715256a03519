using System.Diagnostics.CodeAnalysis;
using System.Runtime.InteropServices;
using System.Text.Json;
using Jobs.Serialization;

namespace Jobs.Checkpoints;

/// <summary>A checkpoint as the store keeps it: <c>{"enqueued":1763805600000,"value":…}</c>, its key the job's id. Unknown members are skipped.</summary>
/// <param name="Enqueued">When the job was enqueued, Unix milliseconds: tells a job from an earlier one that was given the same id.</param>
/// <param name="Value">What the job saved, as JSON.</param>
internal readonly record struct CheckpointRecord(long Enqueued, ReadOnlyMemory<byte> Value)
{
    /// <summary>The most that the record adds to the value.</summary>
    public const int Overhead = 64;

    /// <summary>The key of a job's checkpoint.</summary>
    public static string KeyOf(JobId id) => $"checkpoint:{id}";

    public byte[] Encode()
    {
        using var json = JsonScratch.Rent();
        json.Writer.WriteStartObject();
        json.Writer.WriteNumber("enqueued"u8, Enqueued);
        json.Writer.WritePropertyName("value"u8);
        json.Writer.WriteRawValue(Value.Span, skipInputValidation: true);
        json.Writer.WriteEndObject();
        return json.Complete().ToArray();
    }

    /// <summary>Reads a record; false for bytes that are none.</summary>
    public static bool TryDecode(ReadOnlyMemory<byte> bytes, [NotNullWhen(true)] out CheckpointRecord? record)
    {
        record = null;
        try
        {
            using var json = JsonDocument.Parse(bytes);
            if (json.RootElement.ValueKind == JsonValueKind.Object
                && json.RootElement.TryGetProperty("enqueued"u8, out var enqueued)
                && enqueued.ValueKind == JsonValueKind.Number
                && enqueued.TryGetInt64(out var milliseconds)
                && json.RootElement.TryGetProperty("value"u8, out var value))
            {
                record = new CheckpointRecord(milliseconds, JsonMarshal.GetRawUtf8Value(value).ToArray());
            }
        }
        catch (JsonException)
        {
            // What it is instead the caller says.
        }

        return record is not null;
    }
}
