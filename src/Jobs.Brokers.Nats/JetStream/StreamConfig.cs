using System.Text.Json;

namespace Jobs.Brokers.Nats.JetStream;

/// <summary>The settings of a stream, as far as Jobs uses them: servers from 2.12 on refuse what they do not know, so all of it is known to 2.9.</summary>
internal sealed record StreamConfig
{
    private static readonly string[] Retentions = ["limits", "interest", "workqueue"];

    public required string Name { get; init; }

    public IReadOnlyList<string> Subjects { get; init; } = [];

    public StreamRetention Retention { get; init; }

    /// <summary>True keeps it in memory instead of files.</summary>
    public bool IsInMemory { get; init; }

    /// <summary>True refuses new messages at a limit; false drops the oldest.</summary>
    public bool DiscardsNew { get; init; }

    /// <summary>The most messages; -1: no limit.</summary>
    public long MaxMessages { get; init; } = -1;

    /// <summary>The most bytes; -1: no limit.</summary>
    public long MaxBytes { get; init; } = -1;

    /// <summary>The most messages of one subject; -1: no limit.</summary>
    public long MaxMessagesPerSubject { get; init; } = -1;

    /// <summary>How long messages are kept; zero: no limit.</summary>
    public TimeSpan MaxAge { get; init; }

    /// <summary>How many servers keep it.</summary>
    public int Replicas { get; init; } = 1;

    /// <summary>How long message ids are recognised.</summary>
    public TimeSpan DuplicateWindow { get; init; } = TimeSpan.FromMinutes(2);

    /// <summary>True if all servers that keep it may answer reads.</summary>
    public bool AllowsDirect { get; init; }

    /// <summary>True if a message may replace all earlier ones of its subject.</summary>
    public bool AllowsRollup { get; init; }

    /// <summary>True if single messages cannot be deleted.</summary>
    public bool DeniesDelete { get; init; }

    /// <summary>True if a message may say how long it is kept. Servers from 2.11 on; must be false for others.</summary>
    public bool AllowsMessageTtl { get; init; }

    /// <summary>True if an operator may let it lose messages by their age. No server is told, or tells.</summary>
    public bool MayAge { get; init; }

    /// <summary>All that a server told, so that an update leaves alone what others set.</summary>
    public JsonElement? Told { get; init; }

    public static StreamConfig Read(JsonElement json) => new()
    {
        Name = json.Text("name"u8) ?? "",
        Subjects = json.TryGetProperty("subjects"u8, out var subjects) && subjects.ValueKind == JsonValueKind.Array ? Array.ConvertAll([.. subjects.EnumerateArray()], static (JsonElement subject) => subject.GetString()!) : [],
        Retention = (StreamRetention)Math.Max(0, Array.IndexOf(Retentions, json.Text("retention"u8))),
        IsInMemory = json.Text("storage"u8) == "memory",
        DiscardsNew = json.Text("discard"u8) == "new",
        MaxMessages = json.Int64("max_msgs"u8, -1),
        MaxBytes = json.Int64("max_bytes"u8, -1),
        MaxMessagesPerSubject = json.Int64("max_msgs_per_subject"u8, -1),
        MaxAge = json.Duration("max_age"u8),
        Replicas = json.Int32("num_replicas"u8, 1),
        DuplicateWindow = json.Duration("duplicate_window"u8),
        AllowsDirect = json.Flag("allow_direct"u8),
        AllowsRollup = json.Flag("allow_rollup_hdrs"u8),
        DeniesDelete = json.Flag("deny_delete"u8),
        AllowsMessageTtl = json.Flag("allow_msg_ttl"u8),
        Told = json.Clone(),
    };

    public void Write(Utf8JsonWriter writer)
    {
        writer.WriteStartObject();
        writer.WriteString("name"u8, Name);
        writer.WriteStartArray("subjects"u8);
        foreach (var subject in Subjects)
        {
            writer.WriteStringValue(subject);
        }

        writer.WriteEndArray();
        writer.WriteString("retention"u8, Retentions[(int)Retention]);
        writer.WriteString("storage"u8, IsInMemory ? "memory"u8 : "file"u8);
        writer.WriteString("discard"u8, DiscardsNew ? "new"u8 : "old"u8);
        writer.WriteNumber("max_msgs"u8, MaxMessages);
        writer.WriteNumber("max_bytes"u8, MaxBytes);
        writer.WriteNumber("max_msgs_per_subject"u8, MaxMessagesPerSubject);
        writer.WriteDuration("max_age"u8, MaxAge);
        writer.WriteNumber("num_replicas"u8, Replicas);
        writer.WriteDuration("duplicate_window"u8, DuplicateWindow);
        writer.WriteBoolean("allow_direct"u8, AllowsDirect);
        writer.WriteBoolean("allow_rollup_hdrs"u8, AllowsRollup);
        writer.WriteBoolean("deny_delete"u8, DeniesDelete);
        if (AllowsMessageTtl)
        {
            writer.WriteBoolean("allow_msg_ttl"u8, true);
        }

        WriteOthers(writer);
        writer.WriteEndObject();
    }

    private void WriteOthers(Utf8JsonWriter writer)
    {
        if (Told is not { } told)
        {
            return;
        }

        foreach (var member in told.EnumerateObject())
        {
            if (member.Name is not ("name" or "subjects" or "retention" or "storage" or "discard" or "max_msgs" or "max_bytes" or "max_msgs_per_subject" or "max_age"
                or "num_replicas" or "duplicate_window" or "allow_direct" or "allow_rollup_hdrs" or "deny_delete" or "allow_msg_ttl"))
            {
                member.WriteTo(writer);
            }
        }
    }
}
