using System.Buffers;
using Jobs.Brokers;
using Jobs.Messages;

namespace Jobs.Memory;

/// <summary>Makes the messages that a queue keeps: those given, or copies in bytes of their own.</summary>
internal static class MessageEncoder
{
    private const int LargestKept = 1024 * 1024;

    [ThreadStatic]
    private static ArrayBufferWriter<byte>? _scratch;

    /// <summary>Makes what a queue keeps of a message. Anything but <see cref="SendStatus.Accepted"/> is a refusal.</summary>
    public static SendResult Keep(JobMessage message, int maxBytes, out JobMessage kept)
    {
        kept = message;
        if (message.HoldsImmutableArgs)
        {
            return SendResult.Accepted;
        }

        try
        {
            var document = Encode(message);
            if (document.Length > maxBytes)
            {
                return new SendResult(SendStatus.TooLarge, new JobPayloadException(
                    $"the document has {document.Length} bytes, but the memory broker takes {maxBytes} (Jobs:Memory:MaxDocumentBytes). Store large data elsewhere and enqueue its key.", message.Name));
            }

            kept = Decode(document, message, message.State);
            return SendResult.Accepted;
        }
#pragma warning disable CA1031 // A payload's own code may throw anything; the sender is told.
        catch (Exception e)
#pragma warning restore CA1031
        {
            return new SendResult(SendStatus.Failed, e);
        }
    }

    /// <exception cref="JobPayloadException">The args cannot be written.</exception>
    public static byte[] Encode(JobMessage message)
    {
        var scratch = _scratch ?? new ArrayBufferWriter<byte>(1024);
        _scratch = null;
        message.WriteTo(scratch);
        var document = scratch.WrittenSpan.ToArray();
        if (scratch.Capacity <= LargestKept)
        {
            scratch.ResetWrittenCount();
            _scratch = scratch;
        }

        return document;
    }

    /// <summary>A message in bytes with the envelope of another.</summary>
    public static JobMessage Decode(byte[] document, JobMessage envelope, MessageState state)
    {
        var message = JobMessage.FromBytes(document);
        message.CopyEnvelopeFrom(envelope);
        message.State = state;
        return message;
    }
}
