using System.Text.Json;
using Jobs.Brokers.Sqs.Protocol.Answers;

namespace Jobs.Brokers.Sqs.Protocol.Batches;

/// <summary>Messages to be sent.</summary>
internal sealed class SendBatch(ReadOnlyMemory<SqsSendEntry> entries) : SqsBatch(SqsAction.SendMessageBatch, entries.Length)
{
    /// <exception cref="SqsException">All together they are larger than SQS takes.</exception>
    protected override int Refuse(Span<SqsEntryResult> results, Span<byte> places)
    {
        var left = 0;
        var size = 0L;
        for (var i = 0; i < entries.Length; i++)
        {
            ref readonly var entry = ref entries.Span[i];
            if (FaultOf(in entry) is { } fault)
            {
                results[i] = fault;
                continue;
            }

            size += entry.Size;
            places[left++] = (byte)i;
        }

        return size <= SqsLimits.MaxBytes ? left : throw new SqsException(
            SqsErrorKind.TooLarge,
            $"A batch of {left} messages has {size} bytes; SQS takes {SqsLimits.MaxBytes} at most. Send fewer together.") { Action = SqsAction.SendMessageBatch.Name };
    }

    protected override void Write(Utf8JsonWriter json, ReadOnlySpan<byte> places)
    {
        json.WriteStartArray("Entries"u8);
        foreach (var place in places)
        {
            ref readonly var entry = ref entries.Span[place];
            WriteId(json, place);
            json.WriteString("MessageBody"u8, entry.Body.Span);
            if (entry.DelaySeconds is { } delay)
            {
                json.WriteNumber("DelaySeconds"u8, delay);
            }

            if (entry.GroupId is not null)
            {
                json.WriteString("MessageGroupId"u8, entry.GroupId);
            }

            if (entry.DeduplicationId is not null)
            {
                json.WriteString("MessageDeduplicationId"u8, entry.DeduplicationId);
            }

            WriteAttributes(json, in entry);
            json.WriteEndObject();
        }

        json.WriteEndArray();
    }

    protected override void Read(ReadOnlySpan<byte> body, Span<SqsEntryResult> results) =>
        BatchReader.Read(SqsAction.SendMessageBatch, body, entries.Span, results[..entries.Length]);

    private static void WriteAttributes(Utf8JsonWriter json, in SqsSendEntry entry)
    {
        if (entry.State.IsEmpty && entry.Attributes.IsEmpty)
        {
            return;
        }

        json.WriteStartObject("MessageAttributes"u8);
        if (!entry.State.IsEmpty)
        {
            WriteAttribute(json, SqsLimits.StateAttribute, entry.State.Span);
        }

        foreach (var attribute in entry.Attributes.Span)
        {
            WriteAttribute(json, attribute.Name, attribute.Value.Span);
        }

        json.WriteEndObject();
    }

    private static void WriteAttribute(Utf8JsonWriter json, string name, ReadOnlySpan<byte> value)
    {
        json.WriteStartObject(name);
        json.WriteString("DataType"u8, "String"u8);
        json.WriteString("StringValue"u8, value);
        json.WriteEndObject();
    }

    private static SqsEntryResult? FaultOf(in SqsSendEntry entry)
    {
        if (entry.Size > SqsLimits.MaxBytes)
        {
            return Fault(SqsErrorKind.TooLarge, $"The message has {entry.Size} bytes with its attributes; SQS takes {SqsLimits.MaxBytes} at most.");
        }

        if (!SqsText.IsLegal(entry.Body.Span))
        {
            return Fault(SqsErrorKind.IllegalCharacters, "The body is empty, no UTF-8, or has characters that XML 1.0 has not.");
        }

        if (entry.DelaySeconds is < 0 or > SqsLimits.MaxDelaySeconds)
        {
            return Fault(SqsErrorKind.Invalid, $"The delay is {entry.DelaySeconds} s; SQS takes 0 to {SqsLimits.MaxDelaySeconds}.");
        }

        if (!IsId(entry.GroupId) || !IsId(entry.DeduplicationId))
        {
            return Fault(SqsErrorKind.Invalid, $"Group id and deduplication id must have 1 to {SqsLimits.MaxIdLength} letters, digits or punctuation of ASCII.");
        }

        if (entry.Attributes.Length + (entry.State.IsEmpty ? 0 : 1) > SqsLimits.MaxAttributes)
        {
            return Fault(SqsErrorKind.Invalid, $"The message has more than {SqsLimits.MaxAttributes} attributes.");
        }

        if (!entry.State.IsEmpty && !SqsText.IsLegal(entry.State.Span))
        {
            return Fault(SqsErrorKind.IllegalCharacters, "The state is no UTF-8, or has characters that XML 1.0 has not.");
        }

        foreach (var attribute in entry.Attributes.Span)
        {
            if (!SqsText.IsLegal(attribute.Value.Span))
            {
                return Fault(SqsErrorKind.IllegalCharacters, $"The attribute '{attribute.Name}' is empty, no UTF-8, or has characters that XML 1.0 has not.");
            }
        }

        return null;
    }

    private static bool IsId(string? id) => id is null || (id.Length is >= 1 and <= SqsLimits.MaxIdLength && !id.AsSpan().ContainsAnyExceptInRange('!', '~'));

    private static SqsEntryResult Fault(SqsErrorKind kind, string message) => new(kind, null, message, IsSenderFault: true);
}
