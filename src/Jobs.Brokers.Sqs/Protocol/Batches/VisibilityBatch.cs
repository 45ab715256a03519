using System.Text.Json;

namespace Jobs.Brokers.Sqs.Protocol.Batches;

/// <summary>Messages that are to stay hidden.</summary>
internal sealed class VisibilityBatch(ReadOnlyMemory<SqsVisibilityEntry> entries) : SqsBatch(SqsAction.ChangeMessageVisibilityBatch, entries.Length)
{
    /// <inheritdoc cref="SqsBatch.Refuse"/>
    public static int Refuse(ReadOnlySpan<SqsVisibilityEntry> entries, Span<SqsEntryResult> results, Span<byte> places)
    {
        var left = 0;
        for (var i = 0; i < entries.Length; i++)
        {
            if (entries[i].VisibilitySeconds is >= 0 and <= SqsLimits.MaxVisibilitySeconds)
            {
                places[left++] = (byte)i;
                continue;
            }

            results[i] = new SqsEntryResult(
                SqsErrorKind.Invalid, null, $"The visibility is {entries[i].VisibilitySeconds} s; SQS takes 0 to {SqsLimits.MaxVisibilitySeconds}.", IsSenderFault: true);
        }

        return left;
    }

    /// <inheritdoc cref="SqsBatch.Write"/>
    public static void Write(Utf8JsonWriter json, ReadOnlySpan<SqsVisibilityEntry> entries, ReadOnlySpan<byte> places)
    {
        json.WriteStartArray("Entries"u8);
        foreach (var place in places)
        {
            WriteId(json, place);
            json.WriteString("ReceiptHandle"u8, entries[place].ReceiptHandle.Span);
            json.WriteNumber("VisibilityTimeout"u8, entries[place].VisibilitySeconds);
            json.WriteEndObject();
        }

        json.WriteEndArray();
    }

    protected override int Refuse(Span<SqsEntryResult> results, Span<byte> places) => Refuse(entries.Span, results, places);

    protected override void Write(Utf8JsonWriter json, ReadOnlySpan<byte> places) => Write(json, entries.Span, places);
}
