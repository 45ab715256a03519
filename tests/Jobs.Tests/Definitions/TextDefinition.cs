using System.Text.Json;
using Jobs.Definitions;

namespace Jobs.Tests.Definitions;

public sealed class TextDefinition : JobDefinition<TextArgs>
{
    public TextDefinition(string name = "test.text")
        : base(name)
    {
        Location = "Jobs.Tests.TextJobs.Run";
        HasImmutableArgs = true;
    }

    public override void Write(Utf8JsonWriter writer, in TextArgs args)
    {
        writer.WriteStartObject();
        writer.WriteString("text"u8, args.Text ?? throw new JobPayloadException("null is not allowed.", Name, "text"));
        writer.WriteEndObject();
    }

    public override TextArgs Read(ref Utf8JsonReader reader)
    {
        if (reader.TokenType != JsonTokenType.StartObject)
        {
            throw new JobPayloadException($"expected an object, found {reader.TokenType}.", Name);
        }

        string? text = null;
        while (reader.Read() && reader.TokenType == JsonTokenType.PropertyName)
        {
            var isText = reader.ValueTextEquals("text"u8);
            reader.Read();
            if (isText)
            {
                text = reader.GetString();
            }
            else
            {
                reader.Skip();
            }
        }

        return new TextArgs(text ?? throw new JobPayloadException("missing.", Name, "text"));
    }
}
