using System.Text.Json;
using Jobs.Definitions;

namespace Jobs.Tests.Definitions;

public sealed class NumberDefinition : JobDefinition<NumberArgs>
{
    public NumberDefinition(string name = "test.number")
        : base(name)
    {
        Location = "Jobs.Tests.NumberJobs.Run";
        HasImmutableArgs = true;
    }

    public override void Write(Utf8JsonWriter writer, in NumberArgs args)
    {
        writer.WriteStartObject();
        writer.WriteNumber("value"u8, args.Value);
        writer.WriteEndObject();
    }

    public override NumberArgs Read(ref Utf8JsonReader reader)
    {
        if (reader.TokenType != JsonTokenType.StartObject)
        {
            throw new JobPayloadException($"expected an object, found {reader.TokenType}.", Name);
        }

        var value = 0;
        while (reader.Read() && reader.TokenType == JsonTokenType.PropertyName)
        {
            var isValue = reader.ValueTextEquals("value"u8);
            reader.Read();
            if (isValue)
            {
                value = reader.GetInt32();
            }
            else
            {
                reader.Skip();
            }
        }

        return new NumberArgs(value);
    }
}
