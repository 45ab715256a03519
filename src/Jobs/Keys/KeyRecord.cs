using System.Diagnostics.CodeAnalysis;
using System.Text.Json;
using Jobs.Serialization;
using Jobs.Stores;

namespace Jobs.Keys;

/// <summary>Who has a key, as the store keeps it: <c>{"id":"…","phase":"waiting","run":4194304,"due":"…"}</c>. Unknown members are skipped.</summary>
internal readonly record struct KeyRecord
{
    private const string Reserved = "reserved";
    private const string Waiting = "waiting";
    private const string Running = "running";

    /// <summary>The job.</summary>
    public required JobId Id { get; init; }

    /// <summary>What is known of it.</summary>
    public required KeyPhase Phase { get; init; }

    /// <summary>The fence of the delivery that wrote last (<see cref="Status.StatusFacts.Order"/>); 0: none, a producer did.</summary>
    public long Run { get; init; }

    /// <summary>The time before which the job does not run, if it waits for one.</summary>
    public DateTimeOffset? Due { get; init; }

    /// <summary>Where the store keeps a job's key.</summary>
    /// <param name="job">The job's name as its message says it: a renamed job frees what it took under its old name.</param>
    /// <param name="key">The key, of any length.</param>
    public static string StoreKeyOf(string job, string key) => key.Length <= LongText.Longest
        ? $"key:{job}:{key}"
        : $"key#:{job}:{LongText.HashOf(key)}";

    public byte[] Encode()
    {
        using var json = JsonScratch.Rent();
        json.Writer.WriteStartObject();
        json.Writer.WriteString("id"u8, Id.ToString());
        json.Writer.WriteString("phase"u8, Phase switch { KeyPhase.Reserved => Reserved, KeyPhase.Running => Running, _ => Waiting });
        if (Run != 0)
        {
            json.Writer.WriteNumber("run"u8, Run);
        }

        if (Due is { } due)
        {
            json.Writer.WriteString("due"u8, due.ToUniversalTime());
        }

        json.Writer.WriteEndObject();
        return json.Complete().ToArray();
    }

    /// <summary>Reads a record; false for bytes that are none.</summary>
    public static bool TryDecode(ReadOnlyMemory<byte> value, [NotNullWhen(true)] out KeyRecord? record)
    {
        record = null;
        try
        {
            using var json = JsonDocument.Parse(value);
            var root = json.RootElement;
            if (root.ValueKind != JsonValueKind.Object
                || !root.TryGetProperty("id"u8, out var text) || text.ValueKind != JsonValueKind.String || !JobId.TryParse(text.GetString(), out var id))
            {
                return false;
            }

            record = new KeyRecord
            {
                Id = id,
                Phase = root.TryGetProperty("phase"u8, out var phase) && phase.ValueKind == JsonValueKind.String
                    ? phase.GetString() switch { Reserved => KeyPhase.Reserved, Running => KeyPhase.Running, _ => KeyPhase.Waiting }
                    : KeyPhase.Waiting,
                Run = root.TryGetProperty("run"u8, out var run) && run.ValueKind == JsonValueKind.Number && run.TryGetInt64(out var order) ? order : 0,
                Due = root.TryGetProperty("due"u8, out var due) && due.ValueKind == JsonValueKind.String && due.TryGetDateTimeOffset(out var time) ? time : null,
            };
            return true;
        }
        catch (JsonException)
        {
            return false;
        }
    }
}
