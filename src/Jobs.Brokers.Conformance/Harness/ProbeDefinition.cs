using System.Text.Json;
using Jobs.Definitions;

namespace Jobs.Brokers.Conformance.Harness;

/// <summary>The job of the checks that run workers. Its payload says nothing: checks know jobs by their ids.</summary>
internal sealed class ProbeDefinition : JobDefinition<ProbeDefinition.None>
{
    public ProbeDefinition()
        : base("conformance.probe") => HasImmutableArgs = true;

    public override void Write(Utf8JsonWriter writer, in None args)
    {
        writer.WriteStartObject();
        writer.WriteEndObject();
    }

    public override None Read(ref Utf8JsonReader reader)
    {
        reader.Skip();
        return default;
    }

    /// <summary>No arguments.</summary>
    internal readonly record struct None;
}
