using System.Text;
using System.Text.Json;

namespace Jobs.Messages;

/// <summary>Remembers short texts that recur in every document (job names, queues, sources), so that reading them allocates nothing.</summary>
/// <remarks>Lossy and bounded: a text that falls on another's place takes it. Safe for concurrent use.</remarks>
internal static class TextCache
{
    private const int Places = 512;
    private const int LongestText = 96;

    private static readonly string?[] Texts = new string?[Places];

    /// <summary>The string that the reader stands on.</summary>
    /// <exception cref="InvalidOperationException">It is not valid UTF-8.</exception>
    public static string Get(ref Utf8JsonReader reader)
    {
        var text = reader.ValueSpan;
        if (reader.ValueIsEscaped || text.Length > LongestText)
        {
            return reader.GetString()!;
        }

        ref var place = ref Texts[Hash(text) % Places];
        // Only ASCII compares equal here; anything else is read, and checked, anew each time.
        return place is { } known && Ascii.Equals(text, known) ? known : place = reader.GetString()!;
    }

    // FNV-1a: the texts are short, and a bad spread costs only an allocation.
    private static uint Hash(ReadOnlySpan<byte> text)
    {
        var hash = 2166136261u;
        foreach (var value in text)
        {
            hash = (hash ^ value) * 16777619u;
        }

        return hash;
    }
}
