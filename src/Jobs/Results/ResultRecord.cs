using System.Diagnostics.CodeAnalysis;
using System.Runtime.InteropServices;
using System.Text.Json;
using Jobs.Serialization;

namespace Jobs.Results;

/// <summary>How a job ended, as the store keeps it: <c>{"state":"succeeded","result":…}</c>, <c>{"state":"dead-lettered","reason":…,"error":…}</c>
/// or <c>{"state":"cancelled","reason":…}</c>. Unknown members are skipped.</summary>
internal readonly record struct ResultRecord
{
    public const string Succeeded = "succeeded";
    public const string DeadLettered = "dead-lettered";
    public const string Cancelled = "cancelled";

    /// <summary>One of the constants.</summary>
    public required string State { get; init; }

    /// <summary>The result as JSON; empty if there is none.</summary>
    public ReadOnlyMemory<byte> Result { get; init; }

    /// <summary>Why it did not succeed, for the machine.</summary>
    public string? Reason { get; init; }

    /// <summary>Why it did not succeed, for a person.</summary>
    public string? Error { get; init; }

    /// <summary>The key of a job's record.</summary>
    public static string KeyOf(JobId id) => $"result:{id}";

    /// <summary>The record of a job that succeeded.</summary>
    /// <param name="result">Its result as JSON; empty if there is none.</param>
    public static byte[] EncodeSucceeded(ReadOnlySpan<byte> result)
    {
        using var json = JsonScratch.Rent();
        json.Writer.WriteStartObject();
        json.Writer.WriteString("state"u8, Succeeded);
        if (!result.IsEmpty)
        {
            json.Writer.WritePropertyName("result"u8);
            json.Writer.WriteRawValue(result, skipInputValidation: true);
        }

        json.Writer.WriteEndObject();
        return json.Complete().ToArray();
    }

    /// <summary>The record of a job that was dead-lettered.</summary>
    public static byte[] EncodeDeadLettered(string reason, string? error) => EncodeFailed(DeadLettered, reason, error);

    /// <summary>The record of a job that was cancelled.</summary>
    /// <param name="reason"><c>cancelled</c>, <c>expired</c> or <c>not-found</c>.</param>
    public static byte[] EncodeCancelled(string reason) => EncodeFailed(Cancelled, reason, null);

    /// <summary>Reads a record; false for bytes that are none.</summary>
    public static bool TryDecode(ReadOnlyMemory<byte> value, [NotNullWhen(true)] out ResultRecord? record)
    {
        record = null;
        try
        {
            using var json = JsonDocument.Parse(value);
            var root = json.RootElement;
            if (root.ValueKind != JsonValueKind.Object || Text(root, "state"u8) is not { } state)
            {
                return false;
            }

            record = new ResultRecord
            {
                State = state,
                Result = root.TryGetProperty("result"u8, out var result) ? Raw(result) : default,
                Reason = Text(root, "reason"u8),
                Error = Text(root, "error"u8),
            };
            return true;
        }
        catch (JsonException)
        {
            return false;
        }
    }

    private static string? Text(JsonElement root, ReadOnlySpan<byte> name) =>
        root.TryGetProperty(name, out var value) && value.ValueKind == JsonValueKind.String ? value.GetString() : null;

    private static byte[] Raw(JsonElement element) => JsonMarshal.GetRawUtf8Value(element).ToArray();

    private static byte[] EncodeFailed(string state, string reason, string? error)
    {
        using var json = JsonScratch.Rent();
        json.Writer.WriteStartObject();
        json.Writer.WriteString("state"u8, state);
        json.Writer.WriteString("reason"u8, reason);
        if (error is not null)
        {
            json.Writer.WriteString("error"u8, error);
        }

        json.Writer.WriteEndObject();
        return json.Complete().ToArray();
    }
}
