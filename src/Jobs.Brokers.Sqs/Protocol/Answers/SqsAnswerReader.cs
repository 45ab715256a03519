using System.Text.Json;

namespace Jobs.Brokers.Sqs.Protocol.Answers;

/// <summary>Reads the answers of SQS, whatever comes: what cannot be understood is <see cref="SqsErrorKind.BadAnswer"/>.</summary>
internal static class SqsAnswerReader
{
    /// <summary>Reads one text of an answer, as <c>{"QueueUrl":"…"}</c>.</summary>
    /// <exception cref="SqsException">It is not there.</exception>
    public static string ReadText(SqsAction action, ReadOnlySpan<byte> body, string name)
    {
        try
        {
            var reader = Open(body);
            while (ReadProperty(ref reader))
            {
                var isIt = reader.ValueTextEquals(name);
                reader.Read();
                if (isIt && reader.TokenType == JsonTokenType.String)
                {
                    return reader.GetString()!;
                }

                reader.Skip();
            }
        }
        catch (Exception exception) when (exception is JsonException or InvalidOperationException)
        {
            throw Bad(action, exception.Message, exception);
        }

        throw Bad(action, "something is missing");
    }

    /// <summary>Reads <c>{"Attributes":{"name":"value"}}</c>, or the same in a member of another name.</summary>
    /// <exception cref="SqsException">It cannot be read.</exception>
    public static Dictionary<string, string> ReadMap(SqsAction action, string member, ReadOnlySpan<byte> body)
    {
        var attributes = new Dictionary<string, string>(StringComparer.Ordinal);
        try
        {
            var reader = Open(body);
            while (ReadProperty(ref reader))
            {
                var isIt = reader.ValueTextEquals(member);
                reader.Read();
                if (!isIt || reader.TokenType != JsonTokenType.StartObject)
                {
                    reader.Skip();
                    continue;
                }

                while (ReadProperty(ref reader))
                {
                    var name = reader.GetString()!;
                    reader.Read();
                    if (reader.TokenType == JsonTokenType.String)
                    {
                        attributes[name] = reader.GetString()!;
                    }
                    else
                    {
                        reader.Skip();
                    }
                }
            }
        }
        catch (Exception exception) when (exception is JsonException or InvalidOperationException)
        {
            throw Bad(action, exception.Message, exception);
        }

        return attributes;
    }

    /// <summary>An answer of 200 that makes no sense; what it was about may have been done.</summary>
    public static SqsException Bad(SqsAction action, string what, Exception? cause = null) =>
        new(SqsErrorKind.BadAnswer, $"The answer to {action.Name} could not be understood: {what}", cause)
        {
            Action = action.Name,
            IsRetryable = true,
            IsOutcomeUnknown = true,
        };

    /// <summary>Stands at the object that the answer is.</summary>
    public static Utf8JsonReader Open(ReadOnlySpan<byte> body)
    {
        var reader = new Utf8JsonReader(body);
        return reader.Read() && reader.TokenType == JsonTokenType.StartObject ? reader : throw new JsonException("It is no object.");
    }

    /// <summary>Goes to the next name of the object, or to its end.</summary>
    public static bool ReadProperty(ref Utf8JsonReader reader)
    {
        // JsonReader throws at the end of a document that ends too early, so false is only the object's end.
        reader.Read();
        return reader.TokenType == JsonTokenType.PropertyName;
    }

    /// <summary>Goes to the next object of an array, past all else in it; false at its end.</summary>
    public static bool ReadElement(ref Utf8JsonReader reader)
    {
        while (reader.Read() && reader.TokenType != JsonTokenType.EndArray)
        {
            if (reader.TokenType == JsonTokenType.StartObject)
            {
                return true;
            }

            reader.Skip();
        }

        return false;
    }
}
