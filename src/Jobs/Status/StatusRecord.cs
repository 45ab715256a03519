using System.Diagnostics.CodeAnalysis;
using System.Text.Json;
using Jobs.Messages;
using Jobs.Monitoring;
using Jobs.Serialization;
using Jobs.Stores;

namespace Jobs.Status;

/// <summary>The record of a job, as the store keeps it: a JSON object, its key the job's id. Unknown members are skipped.</summary>
/// <remarks>What a record costs is what its bytes cost the store, so names are a letter each, and what most jobs have in common is left out: <c>s</c> state (its
/// number), <c>n</c> name, <c>q</c> queue but for the default one, <c>a</c> attempt but for the first, <c>m</c> most attempts, <c>c</c> crashes, <c>t</c>
/// enqueued (Unix milliseconds), and in milliseconds after that <c>d</c> due, <c>b</c> begun, <c>e</c> ended; <c>w</c> worker, <c>r</c> reason, <c>x</c> error,
/// <c>p</c> parent, <c>i</c> correlation id, <c>k</c> key, <c>h</c> held jobs, <c>g</c> progress: its numbers <c>c</c> of <c>t</c>, and its message <c>m</c>.</remarks>
internal static class StatusRecord
{
    private const string Prefix = "job:";

    private static readonly long MinTime = DateTimeOffset.MinValue.ToUnixTimeMilliseconds();
    private static readonly long MaxTime = DateTimeOffset.MaxValue.ToUnixTimeMilliseconds();
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
        writer.WriteNumber("s"u8, (int)details.State);
        writer.WriteString("n"u8, facts.Name);
        Write(writer, "q"u8, facts.Queue == JobMessage.DefaultQueue ? null : facts.Queue);
        Write(writer, "a"u8, facts.Attempt == 1 ? null : facts.Attempt);
        Write(writer, "m"u8, facts.MaxAttempts);
        Write(writer, "c"u8, facts.Crashes == 0 ? null : facts.Crashes);
        long? enqueued = facts.EnqueuedAt == default ? null : facts.EnqueuedAt.ToUnixTimeMilliseconds();
        Write(writer, "t"u8, enqueued);
        Write(writer, "d"u8, Since(enqueued, details.Due));
        Write(writer, "b"u8, Since(enqueued, facts.StartedAt));
        Write(writer, "e"u8, Since(enqueued, details.EndedAt));
        Write(writer, "w"u8, details.Worker);
        Write(writer, "r"u8, details.Reason);
        Write(writer, "x"u8, details.Error);
        Write(writer, "p"u8, facts.ParentId?.ToString());
        Write(writer, "i"u8, facts.CorrelationId);
        Write(writer, "k"u8, facts.Key);
        Write(writer, "h"u8, details.Held == 0 ? null : details.Held);
        if (facts.Progress is { } progress)
        {
            writer.WriteStartObject("g"u8);
            writer.WriteNumber("c"u8, progress.Current);
            Write(writer, "t"u8, progress.Total);
            Write(writer, "m"u8, progress.Message);
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
            var state = root.ValueKind == JsonValueKind.Object ? Number(root, "s"u8) ?? -1 : -1;
            if (state < 0
                || state >= States.Length
                || !entry.Key.StartsWith(Prefix, StringComparison.Ordinal)
                || !JobId.TryParse(entry.Key.AsSpan(Prefix.Length), out var id))
            {
                return false;
            }

            held = (int)(Number(root, "h"u8) ?? 0);
            var enqueued = Number(root, "t"u8);
            status = new JobStatus
            {
                Id = id,
                State = (JobState)state,
                Name = Text(root, "n"u8) ?? "",
                Queue = Text(root, "q"u8) ?? JobMessage.DefaultQueue,
                Attempt = (int)(Number(root, "a"u8) ?? 1),
                MaxAttempts = (int?)Number(root, "m"u8),
                Crashes = (int)(Number(root, "c"u8) ?? 0),
                EnqueuedAt = Time(enqueued) ?? default,
                Due = Time((enqueued ?? 0) + Number(root, "d"u8)),
                StartedAt = Time((enqueued ?? 0) + Number(root, "b"u8)),
                EndedAt = Time((enqueued ?? 0) + Number(root, "e"u8)),
                Worker = Text(root, "w"u8),
                Reason = Text(root, "r"u8),
                Error = Text(root, "x"u8),
                ParentId = JobId.TryParse(Text(root, "p"u8), out var parent) ? parent : null,
                CorrelationId = Text(root, "i"u8),
                Key = Text(root, "k"u8),
                Progress = root.TryGetProperty("g"u8, out var progress) && progress.ValueKind == JsonValueKind.Object
                    ? new JobProgress(Number(progress, "c"u8) ?? 0, Number(progress, "t"u8), Text(progress, "m"u8))
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

    private static long? Since(long? enqueued, DateTimeOffset? value) => value?.ToUnixTimeMilliseconds() - (enqueued ?? 0);

    private static string? Text(JsonElement root, ReadOnlySpan<byte> name) =>
        root.TryGetProperty(name, out var value) && value.ValueKind == JsonValueKind.String ? value.GetString() : null;

    private static long? Number(JsonElement root, ReadOnlySpan<byte> name) =>
        root.TryGetProperty(name, out var value) && value.ValueKind == JsonValueKind.Number && value.TryGetInt64(out var number) ? number : null;

    private static DateTimeOffset? Time(long? value) =>
        value is { } time && time >= MinTime && time <= MaxTime ? DateTimeOffset.FromUnixTimeMilliseconds(time) : null;
}
