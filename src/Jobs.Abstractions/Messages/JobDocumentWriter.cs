using System.Buffers;
using System.Buffers.Text;
using System.Text.Json;
using Jobs.Serialization;
using Name = Jobs.Messages.DocumentAttributes;

namespace Jobs.Messages;

/// <summary>Writes documents, their members always in the same order and <c>data</c> last.</summary>
internal static class JobDocumentWriter
{
    private const int LongestDuration = 32;

    private static readonly JsonEncodedText SpecVersion = JsonEncodedText.Encode("1.0");
    private static readonly JsonEncodedText Low = JsonEncodedText.Encode("low");
    private static readonly JsonEncodedText High = JsonEncodedText.Encode("high");

    public static void Write(JobMessage message, IBufferWriter<byte> output)
    {
        ArgumentNullException.ThrowIfNull(output);
        // A buffer of our own, so that args that cannot be written leave no half document behind.
        using var json = JsonScratch.Rent();
        var writer = json.Writer;
        writer.WriteStartObject();
        WriteEnvelope(writer, message);
        if (!ReferenceEquals(message.Attributes, MessageAttributes.None))
        {
            WriteAttributes(writer, message.Attributes);
        }

        writer.WritePropertyName(Name.Data);
        message.WriteData(writer);
        writer.WriteEndObject();
        output.Write(json.Complete());
    }

    private static void WriteEnvelope(Utf8JsonWriter writer, JobMessage message)
    {
        writer.WriteString(Name.SpecVersion, SpecVersion);
        WriteId(writer, Name.Id, message.Id);
        writer.WriteString(Name.Source, message.Source);
        writer.WriteString(Name.Type, message.Name);
        if (message.EnqueuedAt != default)
        {
            WriteTime(writer, Name.Time, message.EnqueuedAt);
        }

        writer.WriteNumber(Name.JobVersion, message.Version);
        writer.WriteString(Name.JobQueue, message.Queue);
        WriteTime(writer, Name.JobDue, message.Due);
    }

    private static void WriteAttributes(Utf8JsonWriter writer, MessageAttributes attributes)
    {
        WriteTime(writer, Name.JobExpires, attributes.Expires);
        if (attributes.Priority != JobPriority.Normal)
        {
            writer.WriteString(Name.JobPriority, attributes.Priority == JobPriority.High ? High : Low);
        }

        WriteText(writer, Name.JobKey, attributes.Key);
        WriteText(writer, Name.JobTenant, attributes.Tenant);
        if (attributes.MaxAttempts is { } maxAttempts)
        {
            writer.WriteNumber(Name.JobMaxAttempts, maxAttempts);
        }

        WriteDuration(writer, Name.JobBackoff, attributes.Backoff);
        WriteDuration(writer, Name.JobTimeout, attributes.Timeout);
        WriteText(writer, Name.JobCorrelationId, attributes.CorrelationId);
        WriteId(writer, Name.JobParent, attributes.ParentId);
        WriteId(writer, Name.JobRoot, attributes.RootId);
        WriteText(writer, Name.JobSchedule, attributes.Schedule);
        WriteTime(writer, Name.JobTick, attributes.Tick);
        WriteText(writer, Name.JobPartition, attributes.Partition);
        WriteText(writer, Name.JobConcurrencyKey, attributes.ConcurrencyKey);
        WriteText(writer, Name.JobReplyTo, attributes.ReplyTo);
        WriteText(writer, Name.TraceParent, attributes.TraceParent);
        WriteText(writer, Name.TraceState, attributes.TraceState);
        WriteHeaders(writer, attributes.Headers);
    }

    private static void WriteHeaders(Utf8JsonWriter writer, IReadOnlyDictionary<string, string> headers)
    {
        // The enumerator of the interface lives on the heap, that of the common type does not.
        if (headers is Dictionary<string, string> dictionary)
        {
            foreach (var (name, value) in dictionary)
            {
                writer.WriteString(name, value);
            }
        }
        else if (headers.Count > 0)
        {
            foreach (var (name, value) in headers)
            {
                writer.WriteString(name, value);
            }
        }
    }

    private static void WriteText(Utf8JsonWriter writer, JsonEncodedText name, string? value)
    {
        if (value is not null)
        {
            writer.WriteString(name, value);
        }
    }

    private static void WriteId(Utf8JsonWriter writer, JsonEncodedText name, JobId? id)
    {
        if (id is not { } value)
        {
            return;
        }

        if (value.TryGetUuid(out var uuid))
        {
            writer.WriteString(name, uuid);
        }
        else
        {
            writer.WriteString(name, value.ToString());
        }
    }

    // As UTC, because that is written with a Z.
    private static void WriteTime(Utf8JsonWriter writer, JsonEncodedText name, DateTimeOffset? time)
    {
        if (time is { } value)
        {
            writer.WriteString(name, value.UtcDateTime);
        }
    }

    private static void WriteDuration(Utf8JsonWriter writer, JsonEncodedText name, TimeSpan? duration)
    {
        if (duration is { } value)
        {
            Span<byte> text = stackalloc byte[LongestDuration];
            Utf8Formatter.TryFormat(value, text, out var length);
            writer.WriteString(name, text[..length]);
        }
    }
}
