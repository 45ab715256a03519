using System.Diagnostics.CodeAnalysis;
using System.Text.Json;
using Jobs.Monitoring;
using Jobs.Serialization;
using Jobs.Stores;

namespace Jobs.Status;

/// <summary>The record of a job, as the store keeps it: a JSON object, its key the job's id. Unknown members are skipped.</summary>
internal static class StatusRecord
{
    private const string Prefix = "job:";

    private static readonly string[] States = ["pending", "running", "retrying", "deferred", "succeeded", "dead-lettered", "cancelled"];

    /// <summary>The key of a job's record.</summary>
    public static string KeyOf(JobId id) => $"{Prefix}{id}";

    public static string NameOf(JobState state) => States[(int)state];

    /// <summary>A record that was read, changed.</summary>
    public static byte[] Encode(JobStatus status) => Encode(
        new StatusFacts(status),
        new StatusDetails(status.State) { Due = status.Due, EndedAt = status.EndedAt, Worker = status.Worker, Reason = status.Reason, Error = status.Error });

    public static byte[] Encode(StatusFacts facts, in StatusDetails details)
    {
        using var json = JsonScratch.Rent();
        var writer = json.Writer;
        writer.WriteStartObject();
        writer.WriteString("state"u8, NameOf(details.State));
        writer.WriteString("name"u8, facts.Name);
        writer.WriteString("queue"u8, facts.Queue);
        writer.WriteNumber("attempt"u8, facts.Attempt);
        Write(writer, "maxAttempts"u8, facts.MaxAttempts);
        Write(writer, "crashes"u8, facts.Crashes == 0 ? null : facts.Crashes);
        Write(writer, "enqueuedAt"u8, facts.EnqueuedAt == default ? null : facts.EnqueuedAt);
        Write(writer, "due"u8, details.Due);
        Write(writer, "startedAt"u8, facts.StartedAt);
        Write(writer, "endedAt"u8, details.EndedAt);
        Write(writer, "worker"u8, details.Worker);
        Write(writer, "reason"u8, details.Reason);
        Write(writer, "error"u8, details.Error);
        Write(writer, "parent"u8, facts.ParentId?.ToString());
        Write(writer, "correlationId"u8, facts.CorrelationId);
        Write(writer, "key"u8, facts.Key);
        Write(writer, "held"u8, details.Held == 0 ? null : details.Held);
        if (facts.Progress is { } progress)
        {
            writer.WriteStartObject("progress"u8);
            writer.WriteNumber("current"u8, progress.Current);
            Write(writer, "total"u8, progress.Total);
            Write(writer, "message"u8, progress.Message);
            writer.WriteEndObject();
        }

        writer.WriteEndObject();
        return json.Complete().ToArray();
    }

    /// <summary>Reads a record; false for bytes that are none.</summary>
    public static bool TryDecode(StoreEntry entry, [NotNullWhen(true)] out JobStatus? status) => TryDecode(entry, out status, out _);

    /// <inheritdoc cref="TryDecode(StoreEntry, out JobStatus?)"/>
    public static bool TryDecode(StoreEntry entry, [NotNullWhen(true)] out JobStatus? status, out int held)
    {
        (status, held) = (null, 0);
        try
        {
            using var json = JsonDocument.Parse(entry.Value);
            var root = json.RootElement;
            var state = root.ValueKind == JsonValueKind.Object ? Array.IndexOf(States, Text(root, "state"u8)) : -1;
            if (state < 0
                || !entry.Key.StartsWith(Prefix, StringComparison.Ordinal)
                || !JobId.TryParse(entry.Key.AsSpan(Prefix.Length), out var id))
            {
                return false;
            }

            held = (int)(Number(root, "held"u8) ?? 0);
            status = new JobStatus
            {
                Id = id,
                State = (JobState)state,
                Name = Text(root, "name"u8) ?? "",
                Queue = Text(root, "queue"u8) ?? "",
                Attempt = (int)(Number(root, "attempt"u8) ?? 1),
                MaxAttempts = (int?)Number(root, "maxAttempts"u8),
                Crashes = (int)(Number(root, "crashes"u8) ?? 0),
                EnqueuedAt = Time(root, "enqueuedAt"u8) ?? default,
                Due = Time(root, "due"u8),
                StartedAt = Time(root, "startedAt"u8),
                EndedAt = Time(root, "endedAt"u8),
                Worker = Text(root, "worker"u8),
                Reason = Text(root, "reason"u8),
                Error = Text(root, "error"u8),
                ParentId = JobId.TryParse(Text(root, "parent"u8), out var parent) ? parent : null,
                CorrelationId = Text(root, "correlationId"u8),
                Key = Text(root, "key"u8),
                Progress = root.TryGetProperty("progress"u8, out var progress) && progress.ValueKind == JsonValueKind.Object
                    ? new JobProgress(Number(progress, "current"u8) ?? 0, Number(progress, "total"u8), Text(progress, "message"u8))
                    : null,
            };
            return true;
        }
        catch (JsonException)
        {
            return false;
        }
    }

    private static void Write(Utf8JsonWriter writer, ReadOnlySpan<byte> name, string? value)
    {
        if (value is not null)
        {
            writer.WriteString(name, value);
        }
    }

    private static void Write(Utf8JsonWriter writer, ReadOnlySpan<byte> name, long? value)
    {
        if (value is { } number)
        {
            writer.WriteNumber(name, number);
        }
    }

    private static void Write(Utf8JsonWriter writer, ReadOnlySpan<byte> name, DateTimeOffset? value)
    {
        if (value is { } time)
        {
            writer.WriteString(name, time.ToUniversalTime());
        }
    }

    private static string? Text(JsonElement root, ReadOnlySpan<byte> name) =>
        root.TryGetProperty(name, out var value) && value.ValueKind == JsonValueKind.String ? value.GetString() : null;

    private static long? Number(JsonElement root, ReadOnlySpan<byte> name) =>
        root.TryGetProperty(name, out var value) && value.ValueKind == JsonValueKind.Number && value.TryGetInt64(out var number) ? number : null;

    private static DateTimeOffset? Time(JsonElement root, ReadOnlySpan<byte> name) =>
        root.TryGetProperty(name, out var value) && value.ValueKind == JsonValueKind.String && value.TryGetDateTimeOffset(out var time) ? time : null;
}
