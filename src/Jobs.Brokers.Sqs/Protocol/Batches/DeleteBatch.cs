using System.Text.Json;

namespace Jobs.Brokers.Sqs.Protocol.Batches;

/// <summary>Messages to be deleted.</summary>
internal sealed class DeleteBatch(ReadOnlyMemory<ReadOnlyMemory<byte>> receiptHandles) : SqsBatch(SqsAction.DeleteMessageBatch, receiptHandles.Length)
{
    protected override int Refuse(Span<SqsEntryResult> results, Span<byte> places)
    {
        for (var i = 0; i < receiptHandles.Length; i++)
        {
            places[i] = (byte)i;
        }

        return receiptHandles.Length;
    }

    protected override void Write(Utf8JsonWriter json, ReadOnlySpan<byte> places)
    {
        json.WriteStartArray("Entries"u8);
        foreach (var place in places)
        {
            WriteId(json, place);
            json.WriteString("ReceiptHandle"u8, receiptHandles.Span[place].Span);
            json.WriteEndObject();
        }

        json.WriteEndArray();
    }
}
