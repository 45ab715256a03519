using System.Buffers;
using Jobs.Brokers.Sqs.Protocol;
using Text = System.Buffers.Text.Base64;

namespace Jobs.Brokers.Sqs;

/// <summary>Documents as the text that SQS takes. What is no such text travels as base64, and an attribute says so.</summary>
internal static class Bodies
{
    /// <summary>The attribute that says how the body is encoded.</summary>
    public const string EncodingAttribute = "JobsEncoding";

    /// <summary>Says that the body is base64.</summary>
    public static readonly SqsAttribute Base64 = new(EncodingAttribute, "base64"u8.ToArray());

    /// <summary>Writes a document.</summary>
    /// <returns>True if it had to be encoded.</returns>
    public static bool Write(ReadOnlySpan<byte> document, IBufferWriter<byte> body)
    {
        if (SqsLimits.IsLegalText(document))
        {
            body.Write(document);
            return false;
        }

        Encode(document, body);
        return true;
    }

    /// <summary>Writes a document as base64.</summary>
    public static void Encode(ReadOnlySpan<byte> document, IBufferWriter<byte> body)
    {
        var encoded = body.GetSpan(Math.Max(1, Text.GetMaxEncodedToUtf8Length(document.Length)));
        Text.EncodeToUtf8(document, encoded, out _, out var written);
        body.Advance(written);
    }

    /// <summary>The document of a received message.</summary>
    public static ReadOnlyMemory<byte> Read(in SqsMessage message)
    {
        if (!message.Attributes.IsEmpty && IsBase64(message.Attributes.Span))
        {
            var document = new byte[Text.GetMaxDecodedFromUtf8Length(message.Body.Length)];
            // What somebody else wrote, and is no base64, is no document either way.
            return Text.DecodeFromUtf8(message.Body.Span, document, out _, out var written) == OperationStatus.Done ? document.AsMemory(0, written) : message.Body;
        }

        return message.Body;
    }

    private static bool IsBase64(ReadOnlySpan<SqsAttribute> attributes)
    {
        foreach (var attribute in attributes)
        {
            if (attribute.Name == EncodingAttribute)
            {
                return attribute.Value.Span.SequenceEqual(Base64.Value.Span);
            }
        }

        return false;
    }
}
