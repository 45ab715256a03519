using System.Buffers;
using System.Text;
using System.Text.Json;
using Jobs.Definitions;
using Jobs.Serialization;

namespace Jobs.Aot;

/// <summary>Payloads as text.</summary>
internal static class PayloadText
{
    /// <summary>What the generated serializer writes for args.</summary>
    public static string Of<TArgs>(TArgs args)
        where TArgs : IJobArgs<TArgs>
    {
        var buffer = new ArrayBufferWriter<byte>();
        using (var writer = new Utf8JsonWriter(buffer))
        {
            JobJson.WritePayload(TArgs.Definition, writer, args);
        }

        return Encoding.UTF8.GetString(buffer.WrittenSpan);
    }

    /// <summary>The payload within a job's document.</summary>
    public static string OfDocument(ReadOnlyMemory<byte> document)
    {
        using var json = JsonDocument.Parse(document);
        return json.RootElement.GetProperty("data").GetRawText();
    }
}
