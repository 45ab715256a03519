using System.Diagnostics.CodeAnalysis;
using System.Globalization;
using System.Text.Json;
using Jobs.Serialization;

namespace Jobs.Schedules;

/// <summary>What all nodes know of a schedule, as the store keeps it. Unknown members are skipped.</summary>
internal sealed record ScheduleRecord
{
    /// <summary>The times of the node that started last: a deploy's newest version counts.</summary>
    public required string Declared { get; init; }

    /// <summary>The times that somebody set at run time, or null.</summary>
    public string? Changed { get; init; }

    /// <summary>The last tick that was dealt with, sent or not. Ticks after it are open.</summary>
    public required DateTimeOffset Done { get; init; }

    /// <summary>The last tick that was sent.</summary>
    public DateTimeOffset? Last { get; init; }

    /// <summary>The tick that a node is about to send.</summary>
    public DateTimeOffset? Claim { get; init; }

    /// <summary>The node that claimed it.</summary>
    public string? Owner { get; init; }

    /// <summary>A tick that waits until the run before it has ended.</summary>
    public DateTimeOffset? Waiting { get; init; }

    public bool IsPaused { get; init; }

    /// <summary>The key of a schedule's record.</summary>
    public static string KeyOf(string name) => $"schedule:{name}";

    public byte[] Encode()
    {
        using var json = JsonScratch.Rent();
        var writer = json.Writer;
        writer.WriteStartObject();
        writer.WriteString("declared"u8, Declared);
        if (Changed is not null)
        {
            writer.WriteString("changed"u8, Changed);
        }

        writer.WriteString("done"u8, Done.UtcDateTime);
        Write(writer, "last", Last);
        Write(writer, "claim", Claim);
        if (Owner is not null)
        {
            writer.WriteString("owner"u8, Owner);
        }

        Write(writer, "waiting", Waiting);
        if (IsPaused)
        {
            writer.WriteBoolean("paused"u8, true);
        }

        writer.WriteEndObject();
        return json.Complete().ToArray();
    }

    public static bool TryDecode(ReadOnlyMemory<byte> value, [NotNullWhen(true)] out ScheduleRecord? record)
    {
        record = null;
        try
        {
            using var json = JsonDocument.Parse(value);
            var root = json.RootElement;
            if (root.ValueKind != JsonValueKind.Object || Text(root, "declared") is not { } declared || Time(root, "done") is not { } done)
            {
                return false;
            }

            record = new ScheduleRecord
            {
                Declared = declared,
                Changed = Text(root, "changed"),
                Done = done,
                Last = Time(root, "last"),
                Claim = Time(root, "claim"),
                Owner = Text(root, "owner"),
                Waiting = Time(root, "waiting"),
                IsPaused = root.TryGetProperty("paused", out var paused) && paused.ValueKind == JsonValueKind.True,
            };
            return true;
        }
        catch (JsonException)
        {
            return false;
        }
    }

    private static void Write(Utf8JsonWriter writer, string name, DateTimeOffset? time)
    {
        if (time is { } value)
        {
            writer.WriteString(name, value.UtcDateTime);
        }
    }

    private static string? Text(JsonElement root, string name) =>
        root.TryGetProperty(name, out var value) && value.ValueKind == JsonValueKind.String ? value.GetString() : null;

    private static DateTimeOffset? Time(JsonElement root, string name) =>
        DateTimeOffset.TryParse(Text(root, name), CultureInfo.InvariantCulture, DateTimeStyles.AssumeUniversal | DateTimeStyles.AdjustToUniversal, out var time) ? time : null;
}
