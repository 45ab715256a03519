using System.Globalization;
using System.Text;
using System.Text.Json;

namespace Jobs.Serialization;

/// <summary>Says where in a JSON text a byte is. Only failures ask, so that reading pays nothing for it.</summary>
internal static class JsonPath
{
    // Far above what a real payload nests in members; a hostile one must not make a hostile log line.
    private const int LongestPath = 256;

    /// <summary>The path of the value at an offset, such as <c>order.lines[2].price</c>; null for the root.</summary>
    /// <remarks>Total: what cannot be read ends the search.</remarks>
    public static string? Find(ReadOnlySpan<byte> json, long offset)
    {
        var reader = new Utf8JsonReader(json);
        var open = new Stack<Level>();
        string? name = null;
        try
        {
            while (reader.Read() && reader.TokenStartIndex < offset)
            {
                switch (reader.TokenType)
                {
                    case JsonTokenType.StartObject or JsonTokenType.StartArray:
                        open.Push(new Level(name, reader.TokenType == JsonTokenType.StartArray));
                        name = null;
                        break;
                    case JsonTokenType.EndObject or JsonTokenType.EndArray:
                        open.Pop();
                        name = null;
                        Advance(open);
                        break;
                    case JsonTokenType.PropertyName:
                        name = reader.GetString();
                        break;
                    default:
                        name = null;
                        Advance(open);
                        break;
                }
            }
        }
        catch (Exception e) when (e is JsonException or InvalidOperationException)
        {
            // The reader that failed came no further either.
        }

        return Format(open, name);
    }

    /// <summary>Joins a path and the name of a member.</summary>
    public static string Combine(string? path, string member) => path is null ? member : $"{path}.{member}";

    private static void Advance(Stack<Level> open)
    {
        if (open.TryPop(out var level))
        {
            open.Push(level with { Index = level.Index + 1 });
        }
    }

    private static string? Format(Stack<Level> open, string? name)
    {
        var path = new StringBuilder();
        var outermostFirst = open.ToArray();
        Array.Reverse(outermostFirst);
        foreach (var level in outermostFirst)
        {
            Append(path, level.Name);
            if (level.IsArray)
            {
                path.Append(CultureInfo.InvariantCulture, $"[{level.Index}]");
            }
        }

        Append(path, name);
        return path.Length switch
        {
            0 => null,
            > LongestPath => path.ToString(0, LongestPath) + "…",
            _ => path.ToString(),
        };
    }

    private static void Append(StringBuilder path, string? name)
    {
        if (name is not null)
        {
            path.Append(path.Length > 0 ? "." : "").Append(name);
        }
    }

    private readonly record struct Level(string? Name, bool IsArray, int Index = 0);
}
