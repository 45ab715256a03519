using System.Text.Json;
using Jobs.Definitions;

namespace Jobs.Brokers.Conformance.Harness;

/// <summary>A job that a deploy changes: version 2 of its payload has a language, and reads version 1 as one without.</summary>
internal sealed class GreetingDefinition : JobDefinition<GreetingDefinition.Args>
{
    /// <summary>The language of a payload that has none.</summary>
    public const string Upcast = "upcast";

    public GreetingDefinition(string name, int version)
        : base(name) => (Version, OldestVersion) = (version, 1);

    public override void Write(Utf8JsonWriter writer, in Args args)
    {
        writer.WriteStartObject();
        if (args.Language is { } language)
        {
            writer.WriteString("language", language);
        }

        writer.WriteEndObject();
    }

    public override Args Read(ref Utf8JsonReader reader)
    {
        using var json = JsonDocument.ParseValue(ref reader);
        return new Args(Version == 1 ? null : json.RootElement.GetProperty("language").GetString());
    }

    public override Args ReadOlder(ref Utf8JsonReader reader, int version)
    {
        reader.Skip();
        return new Args(Upcast);
    }

    /// <summary>The arguments; version 1 has none.</summary>
    internal readonly record struct Args(string? Language);
}
