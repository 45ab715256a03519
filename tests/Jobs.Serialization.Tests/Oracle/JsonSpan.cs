using System.Text;
using System.Text.Json;

namespace Jobs.Serialization.Tests.Oracle;

/// <summary>Where a value is in a JSON text.</summary>
/// <param name="Path">Its path from the root.</param>
/// <param name="Start">Its first byte.</param>
/// <param name="Length">Its length.</param>
/// <param name="NameStart">The first byte of its name, quote included.</param>
/// <param name="NameLength">The length of its name, quotes included; 0 for an element.</param>
public sealed record JsonSpan(string Path, int Start, int Length, int NameStart, int NameLength)
{
    /// <summary>All values below the root.</summary>
    public static List<JsonSpan> Find(byte[] json)
    {
        var spans = new List<JsonSpan>();
        var reader = new Utf8JsonReader(json);
        reader.Read();
        FindInside(ref reader, "", spans);
        return spans;
    }

    public byte[] Replace(byte[] json, string value) => [.. json[..Start], .. Encoding.UTF8.GetBytes(value), .. json[(Start + Length)..]];

    public byte[] Rename(byte[] json, string name) => [.. json[..NameStart], .. Encoding.UTF8.GetBytes($"\"{name}\""), .. json[(NameStart + NameLength)..]];

    private static void FindInside(ref Utf8JsonReader reader, string path, List<JsonSpan> spans)
    {
        var isObject = reader.TokenType == JsonTokenType.StartObject;
        if (!isObject && reader.TokenType != JsonTokenType.StartArray)
        {
            return;
        }

        for (var i = 0; reader.Read() && reader.TokenType is not (JsonTokenType.EndObject or JsonTokenType.EndArray); i++)
        {
            var (name, nameStart, nameLength) = ($"[{i}]", 0, 0);
            if (isObject)
            {
                (name, nameStart, nameLength) = ((path.Length > 0 ? "." : "") + reader.GetString(), (int)reader.TokenStartIndex, reader.ValueSpan.Length + 2);
                reader.Read();
            }

            var start = (int)reader.TokenStartIndex;
            var place = spans.Count;
            FindInside(ref reader, path + name, spans);
            spans.Insert(place, new JsonSpan(path + name, start, (int)reader.BytesConsumed - start, nameStart, nameLength));
        }
    }
}
