using System.Text.Json;

namespace Jobs.Brokers.Sqs.Protocol.Answers;

/// <summary>Reads what became of the entries of a batch: <c>{"Successful":[{"Id":"0"}],"Failed":[{"Id":"1","Code":"…","SenderFault":true}]}</c>.</summary>
internal static class BatchReader
{
    /// <summary>Puts results where entries of the answer belong; those of which it says nothing keep theirs.</summary>
    /// <param name="action">What was asked.</param>
    /// <param name="body">The answer.</param>
    /// <param name="sent">What was sent, to be held against checksums; empty if it has none. As long as the results, or empty.</param>
    /// <param name="results">By the number that an entry has for an id.</param>
    /// <exception cref="SqsException">It cannot be read; some results may have been put.</exception>
    public static void Read(SqsAction action, ReadOnlySpan<byte> body, ReadOnlySpan<SqsSendEntry> sent, Span<SqsEntryResult> results)
    {
        try
        {
            var reader = SqsAnswerReader.Open(body);
            while (SqsAnswerReader.ReadProperty(ref reader))
            {
                var isSuccessful = reader.ValueTextEquals("Successful"u8);
                var isFailed = reader.ValueTextEquals("Failed"u8);
                reader.Read();
                if (!(isSuccessful || isFailed) || reader.TokenType != JsonTokenType.StartArray)
                {
                    reader.Skip();
                    continue;
                }

                while (SqsAnswerReader.ReadElement(ref reader))
                {
                    ReadEntry(ref reader, isSuccessful, sent, results);
                }
            }
        }
        catch (Exception exception) when (exception is JsonException or InvalidOperationException)
        {
            throw SqsAnswerReader.Bad(action, exception.Message, exception);
        }
    }

    private static void ReadEntry(ref Utf8JsonReader reader, bool isSuccessful, ReadOnlySpan<SqsSendEntry> sent, Span<SqsEntryResult> results)
    {
        int? place = null;
        string? code = null, message = null;
        var isSenderFault = false;
        ReadOnlySpan<byte> bodyChecksum = default, attributesChecksum = default;
        while (SqsAnswerReader.ReadProperty(ref reader))
        {
            var name = reader.ValueSpan;
            reader.Read();
            switch (reader.TokenType)
            {
                case JsonTokenType.String when name.SequenceEqual("Id"u8):
                    place = reader.ValueSpan is [>= (byte)'0' and <= (byte)'9' and var digit] ? digit - '0' : null;
                    break;
                case JsonTokenType.String when name.SequenceEqual("Code"u8):
                    code = reader.GetString();
                    break;
                case JsonTokenType.String when name.SequenceEqual("Message"u8):
                    message = reader.GetString();
                    break;
                case JsonTokenType.String when name.SequenceEqual("MD5OfMessageBody"u8):
                    bodyChecksum = reader.ValueSpan;
                    break;
                case JsonTokenType.String when name.SequenceEqual("MD5OfMessageAttributes"u8):
                    attributesChecksum = reader.ValueSpan;
                    break;
                case JsonTokenType.True when name.SequenceEqual("SenderFault"u8):
                    isSenderFault = true;
                    break;
                default:
                    reader.Skip();
                    break;
            }
        }

        if (place is not { } at || at >= results.Length)
        {
            return;
        }

        if (!isSuccessful)
        {
            var kind = SqsErrors.KindOf(code, message, null);
            results[at] = new SqsEntryResult(kind, SqsErrors.ShortCode(code), message, isSenderFault);
        }
        else if (!sent.IsEmpty && !(SqsChecksum.Matches(sent[at].Body.Span, bodyChecksum) && SqsChecksum.Matches(in sent[at], attributesChecksum)))
        {
            results[at] = new SqsEntryResult(SqsErrorKind.BadAnswer, "ChecksumMismatch", "SQS has stored something else than was sent: the checksums differ.") { IsOutcomeUnknown = true };
        }
        else
        {
            results[at] = default;
        }
    }
}
