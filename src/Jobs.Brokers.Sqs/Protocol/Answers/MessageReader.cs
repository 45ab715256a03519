using System.Buffers;
using System.Buffers.Text;
using System.Text.Json;

namespace Jobs.Brokers.Sqs.Protocol.Answers;

/// <summary>Reads received messages into a buffer of their own.</summary>
/// <param name="store">Where texts are copied to; at least as long as the answer.</param>
internal ref struct MessageReader(byte[] store)
{
    private readonly byte[] _store = store;
    private int _used;

    /// <summary>Reads an answer: <c>{"Messages":[…]}</c>, or <c>{}</c> for none.</summary>
    /// <param name="answer">The answer.</param>
    /// <param name="onSkipped">Told of each message that has no receipt handle: nothing can be done with it.</param>
    /// <exception cref="SqsException">It cannot be read.</exception>
    public static SqsMessages Read(in SqsAnswer answer, Action onSkipped)
    {
        var store = ArrayPool<byte>.Shared.Rent(Math.Max(1, answer.Body.Length));
        try
        {
            return new SqsMessages(store, new MessageReader(store).ReadAll(answer.Body, onSkipped), answer.AnsweredAt);
        }
        catch (Exception exception) when (exception is JsonException or InvalidOperationException)
        {
            ArrayPool<byte>.Shared.Return(store);
            throw SqsAnswerReader.Bad(SqsAction.ReceiveMessage, exception.Message, exception);
        }
    }

    private SqsMessage[] ReadAll(ReadOnlySpan<byte> body, Action onSkipped)
    {
        var messages = new SqsMessage[SqsLimits.MaxBatch];
        var count = 0;
        var reader = SqsAnswerReader.Open(body);
        while (SqsAnswerReader.ReadProperty(ref reader))
        {
            var isIt = reader.ValueTextEquals("Messages"u8);
            reader.Read();
            if (!isIt || reader.TokenType != JsonTokenType.StartArray)
            {
                reader.Skip();
                continue;
            }

            while (SqsAnswerReader.ReadElement(ref reader))
            {
                var message = ReadMessage(ref reader);
                if (message.ReceiptHandle.IsEmpty)
                {
                    onSkipped();
                    continue;
                }

                if (count == messages.Length)
                {
                    throw new JsonException($"There are more than {SqsLimits.MaxBatch} messages.");
                }

                messages[count++] = message;
            }
        }

        return count == messages.Length ? messages : messages[..count];
    }

    private SqsMessage ReadMessage(ref Utf8JsonReader reader)
    {
        var message = new SqsMessage { ReceiveCount = 1 };
        ReadOnlySpan<byte> checksum = default;
        var isWhole = false;
        while (SqsAnswerReader.ReadProperty(ref reader))
        {
            var name = reader.ValueSpan;
            reader.Read();
            switch (reader.TokenType)
            {
                case JsonTokenType.String when name.SequenceEqual("Body"u8):
                    message = message with { Body = Copy(ref reader, out isWhole) };
                    break;
                case JsonTokenType.String when name.SequenceEqual("ReceiptHandle"u8):
                    message = message with { ReceiptHandle = Copy(ref reader, out _) };
                    break;
                case JsonTokenType.String when name.SequenceEqual("MessageId"u8):
                    message = message with { MessageId = Copy(ref reader, out _) };
                    break;
                case JsonTokenType.String when name.SequenceEqual("MD5OfBody"u8):
                    checksum = reader.ValueSpan;
                    break;
                case JsonTokenType.StartObject when name.SequenceEqual("Attributes"u8):
                    message = ReadSystemAttributes(ref reader, message);
                    break;
                case JsonTokenType.StartObject when name.SequenceEqual("MessageAttributes"u8):
                    message = ReadAttributes(ref reader, message);
                    break;
                default:
                    reader.Skip();
                    break;
            }
        }

        return message with { IsIntact = isWhole && SqsChecksum.Matches(message.Body.Span, checksum) };
    }

    private SqsMessage ReadSystemAttributes(ref Utf8JsonReader reader, SqsMessage message)
    {
        while (SqsAnswerReader.ReadProperty(ref reader))
        {
            var name = reader.ValueSpan;
            reader.Read();
            switch (reader.TokenType)
            {
                case JsonTokenType.String when name.SequenceEqual("ApproximateReceiveCount"u8):
                    message = message with { ReceiveCount = (int)Math.Clamp(NumberOf(reader.ValueSpan), 1, int.MaxValue) };
                    break;
                case JsonTokenType.String when name.SequenceEqual("SentTimestamp"u8):
                    message = message with { SentAt = TimeOf(reader.ValueSpan) };
                    break;
                case JsonTokenType.String when name.SequenceEqual("ApproximateFirstReceiveTimestamp"u8):
                    message = message with { FirstReceivedAt = TimeOf(reader.ValueSpan) };
                    break;
                case JsonTokenType.String when name.SequenceEqual("MessageGroupId"u8):
                    message = message with { GroupId = Copy(ref reader, out _) };
                    break;
                case JsonTokenType.String when name.SequenceEqual("DeadLetterQueueSourceArn"u8):
                    message = message with { DeadLetterSourceArn = Copy(ref reader, out _) };
                    break;
                default:
                    reader.Skip();
                    break;
            }
        }

        return message;
    }

    private SqsMessage ReadAttributes(ref Utf8JsonReader reader, SqsMessage message)
    {
        List<SqsAttribute>? others = null;
        while (SqsAnswerReader.ReadProperty(ref reader))
        {
            var isState = reader.ValueTextEquals(SqsLimits.StateAttribute);
            var name = isState ? SqsLimits.StateAttribute : reader.GetString()!;
            reader.Read();
            if (reader.TokenType != JsonTokenType.StartObject)
            {
                reader.Skip();
                continue;
            }

            if (ReadText(ref reader) is not { } value)
            {
                continue;
            }

            if (isState)
            {
                message = message with { State = value };
            }
            else
            {
                (others ??= []).Add(new SqsAttribute(name, value));
            }
        }

        return others is null ? message : message with { Attributes = others.ToArray() };
    }

    // Null for attributes of another type than text or number: nobody here writes them.
    private ReadOnlyMemory<byte>? ReadText(ref Utf8JsonReader reader)
    {
        ReadOnlyMemory<byte>? value = null;
        while (SqsAnswerReader.ReadProperty(ref reader))
        {
            var isValue = reader.ValueTextEquals("StringValue"u8);
            reader.Read();
            if (isValue && reader.TokenType == JsonTokenType.String)
            {
                value = Copy(ref reader, out _);
            }
            else
            {
                reader.Skip();
            }
        }

        return value;
    }

    // Never longer than it was in the answer. A text that is none is copied as it came: one bad message must not take the others with it.
    private ReadOnlyMemory<byte> Copy(ref Utf8JsonReader reader, out bool isWhole)
    {
        var start = _used;
        try
        {
            _used += reader.CopyString(_store.AsSpan(_used));
            isWhole = true;
        }
        catch (InvalidOperationException)
        {
            reader.ValueSpan.CopyTo(_store.AsSpan(_used));
            _used += reader.ValueSpan.Length;
            isWhole = false;
        }

        return _store.AsMemory(start, _used - start);
    }

    private static long NumberOf(ReadOnlySpan<byte> text) => Utf8Parser.TryParse(text, out long number, out var length) && length == text.Length ? number : 0;

    private static DateTimeOffset TimeOf(ReadOnlySpan<byte> text) =>
        DateTimeOffset.FromUnixTimeMilliseconds(Math.Clamp(NumberOf(text), 0, DateTimeOffset.MaxValue.ToUnixTimeMilliseconds()));
}
