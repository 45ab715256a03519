using System.Diagnostics.CodeAnalysis;
using System.Text.Json;
using Jobs.Serialization;

namespace Jobs.Claims;

/// <summary>Says that the work of an idempotency key is done, as the store keeps it: <c>{"job":"…","held":2}</c>. Unknown members are skipped.</summary>
/// <param name="Job">The job that did it.</param>
/// <param name="Held">How many jobs it enqueued that are sent with its acknowledgement; 0 once they are. While there are any the work is
/// not done: they may have gone under with the worker.</param>
internal readonly record struct DoneMarker(JobId Job, int Held)
{
    public byte[] Encode()
    {
        using var json = JsonScratch.Rent();
        json.Writer.WriteStartObject();
        json.Writer.WriteString("job"u8, Job.ToString());
        if (Held > 0)
        {
            json.Writer.WriteNumber("held"u8, Held);
        }

        json.Writer.WriteEndObject();
        return json.Complete().ToArray();
    }

    /// <summary>Reads a marker; false for bytes that are none.</summary>
    public static bool TryDecode(ReadOnlyMemory<byte> value, [NotNullWhen(true)] out DoneMarker? marker)
    {
        marker = null;
        try
        {
            using var json = JsonDocument.Parse(value);
            var root = json.RootElement;
            if (root.ValueKind != JsonValueKind.Object
                || !root.TryGetProperty("job"u8, out var text) || text.ValueKind != JsonValueKind.String || !JobId.TryParse(text.GetString(), out var job))
            {
                return false;
            }

            marker = new DoneMarker(job, root.TryGetProperty("held"u8, out var held) && held.ValueKind == JsonValueKind.Number && held.TryGetInt32(out var count) ? count : 0);
            return true;
        }
        catch (JsonException)
        {
            return false;
        }
    }
}
