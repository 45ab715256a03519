using System.Text.Json;
using Jobs.Definitions;

namespace Jobs.Tests.Definitions;

public sealed class TagsDefinition : JobDefinition<TagsArgs>
{
    public TagsDefinition(string name = "test.tags")
        : base(name) => Location = "Jobs.Tests.TagsJobs.Run";

    public override void Write(Utf8JsonWriter writer, in TagsArgs args)
    {
        writer.WriteStartObject();
        writer.WriteStartArray("tags"u8);
        foreach (var tag in args.Tags)
        {
            writer.WriteStringValue(tag);
        }

        writer.WriteEndArray();
        writer.WriteEndObject();
    }

    public override TagsArgs Read(ref Utf8JsonReader reader)
    {
        if (reader.TokenType != JsonTokenType.StartObject)
        {
            throw new JobPayloadException($"expected an object, found {reader.TokenType}.", Name);
        }

        var tags = new List<string>();
        while (reader.Read() && reader.TokenType == JsonTokenType.PropertyName)
        {
            var isTags = reader.ValueTextEquals("tags"u8);
            reader.Read();
            if (isTags)
            {
                while (reader.Read() && reader.TokenType != JsonTokenType.EndArray)
                {
                    tags.Add(reader.GetString() ?? "");
                }
            }
            else
            {
                reader.Skip();
            }
        }

        return new TagsArgs(tags);
    }
}
