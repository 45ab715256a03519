using System.Text.Json;
using Jobs.Definitions;

namespace Jobs.Tests.Scenarios;

/// <summary>A checkpoint that is a text.</summary>
internal sealed class TextSerializer : CheckpointSerializer<string>
{
    public static readonly TextSerializer Instance = new();

    public override void Write(Utf8JsonWriter writer, string value) => writer.WriteStringValue(value);

    public override string Read(ref Utf8JsonReader reader) => reader.GetString() ?? throw new JobPayloadException("it is null.");
}
