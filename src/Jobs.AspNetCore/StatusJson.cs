using System.Text.Json;
using Jobs.Monitoring;

namespace Jobs.AspNetCore;

/// <summary>A job's status as clients see it: no worker, no queue, no stack.</summary>
internal static class StatusJson
{
    public static string NameOf(JobState state) => state switch
    {
        JobState.Pending => "pending",
        JobState.Running => "running",
        JobState.Retrying => "retrying",
        JobState.Deferred => "deferred",
        JobState.Succeeded => "succeeded",
        JobState.DeadLettered => "dead-lettered",
        _ => "cancelled",
    };

    /// <param name="writer">Takes the object.</param>
    /// <param name="status">The job.</param>
    /// <param name="path">The job's own path.</param>
    public static void Write(Utf8JsonWriter writer, JobStatus status, string path)
    {
        writer.WriteStartObject();
        writer.WriteString("id"u8, status.Id.ToString());
        writer.WriteString("name"u8, status.Name);
        writer.WriteString("state"u8, NameOf(status.State));
        writer.WriteNumber("attempt"u8, status.Attempt);
        if (status.MaxAttempts is { } most)
        {
            writer.WriteNumber("maxAttempts"u8, most);
        }

        Write(writer, "enqueuedAt"u8, status.EnqueuedAt == default ? null : status.EnqueuedAt);
        Write(writer, "due"u8, status.HasEnded ? null : status.Due);
        Write(writer, "startedAt"u8, status.StartedAt);
        Write(writer, "endedAt"u8, status.EndedAt);
        if (status.Progress is { } progress)
        {
            Write(writer, progress);
        }

        Write(writer, "reason"u8, status.Reason);
        Write(writer, "error"u8, status.Error);
        if (!status.HasEnded)
        {
            writer.WriteString("events"u8, $"{path}/events");
        }
        else if (!status.Result.IsEmpty)
        {
            writer.WriteString("result"u8, $"{path}/result");
        }

        writer.WriteEndObject();
    }

    private static void Write(Utf8JsonWriter writer, JobProgress progress)
    {
        writer.WriteStartObject("progress"u8);
        writer.WriteNumber("current"u8, progress.Current);
        if (progress.Total is { } total)
        {
            writer.WriteNumber("total"u8, total);
        }

        Write(writer, "message"u8, progress.Message);
        writer.WriteEndObject();
    }

    private static void Write(Utf8JsonWriter writer, ReadOnlySpan<byte> name, DateTimeOffset? time)
    {
        if (time is { } known)
        {
            writer.WriteString(name, known);
        }
    }

    private static void Write(Utf8JsonWriter writer, ReadOnlySpan<byte> name, string? text)
    {
        if (text is not null)
        {
            writer.WriteString(name, text);
        }
    }
}
