using System.Buffers;
using System.Text.Encodings.Web;

namespace Jobs.Messages;

/// <summary>Cuts texts to a length as JSON in ASCII.</summary>
internal static class JsonText
{
    private const string Marker = "...";
    private const int MostBytesPerCharacter = 6;

    /// <summary>The text, or as much of its beginning as fits with a <c>...</c> behind it. Never cuts a character in two.</summary>
    public static string Fit(string text, int maxBytes)
    {
        if (text.Length <= maxBytes / MostBytesPerCharacter)
        {
            return text;
        }

        var buffer = ArrayPool<char>.Shared.Rent(maxBytes);
        try
        {
            // The same escapes as the JSON writer's.
            return JavaScriptEncoder.Default.Encode(text, buffer.AsSpan(0, maxBytes), out _, out _) == OperationStatus.Done
                ? text
                : Cut(text, buffer.AsSpan(0, maxBytes - Marker.Length));
        }
        finally
        {
            ArrayPool<char>.Shared.Return(buffer);
        }
    }

    private static string Cut(string text, Span<char> buffer)
    {
        JavaScriptEncoder.Default.Encode(text, buffer, out var kept, out _);
        return string.Concat(text.AsSpan(0, kept), Marker);
    }
}
