using System.Text.Json;

namespace Jobs.Serialization;

public static partial class JobJson
{
    private const int LongestEscape = 6; // \u0041

    /// <summary>Reads a string of one character.</summary>
    public static char ReadChar(ref Utf8JsonReader reader)
    {
        if (reader.TokenType != JsonTokenType.String)
        {
            throw Unexpected(ref reader, "a string of one character");
        }

        Span<char> text = stackalloc char[LongestEscape];
        return reader.ValueSpan.Length <= LongestEscape && reader.CopyString(text) == 1
            ? text[0]
            : throw new FormatException("The text is not one character.");
    }

    /// <summary>Writes a string of one character.</summary>
    public static void WriteChar(Utf8JsonWriter writer, char value) => writer.WriteStringValue(new ReadOnlySpan<char>(in value));

    /// <summary>Reads an absolute or relative URI, or null.</summary>
    public static Uri? ReadUri(ref Utf8JsonReader reader)
    {
        var text = reader.GetString();
        return text is null ? null
            : Uri.TryCreate(text, UriKind.RelativeOrAbsolute, out var uri) ? uri
            : throw new FormatException("The text is not a URI.");
    }

    /// <summary>Reads a version such as <c>1.2.3</c>, or null.</summary>
    public static Version? ReadVersion(ref Utf8JsonReader reader)
    {
        var text = reader.GetString();
        return text is null ? null
            : text.Length > 0 && char.IsDigit(text[0]) && char.IsDigit(text[^1]) && Version.TryParse(text, out var version) ? version
            : throw new FormatException("The text is not a version such as '1.2.3'.");
    }

    /// <summary>Writes a version.</summary>
    public static void WriteVersion(Utf8JsonWriter writer, Version value)
    {
        Span<char> text = stackalloc char[4 * 11];
        value.TryFormat(text, out var length);
        writer.WriteStringValue(text[..length]);
    }

    /// <summary>Reads Base64 text, or null.</summary>
    public static byte[]? ReadBytes(ref Utf8JsonReader reader) =>
        reader.TokenType == JsonTokenType.Null ? null : reader.GetBytesFromBase64();

    // Copies the text of a token, unescaped; what is too long for it is no such text.
    private static int CopyText(ref Utf8JsonReader reader, scoped Span<byte> destination, string expected)
    {
        if (reader.TokenType != JsonTokenType.String)
        {
            throw Unexpected(ref reader, expected);
        }

        return reader.ValueSpan.Length <= destination.Length
            ? reader.CopyString(destination)
            : throw new FormatException("The text is too long.");
    }
}
