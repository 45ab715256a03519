using System.Globalization;
using System.Text.Json;
using Jobs.Definitions;
using Jobs.Tests.Definitions;

namespace Jobs.Tests.Keys;

public sealed class KeyedDefinition : JobDefinition<KeyedArgs>
{
    public KeyedDefinition()
        : base("test.keyed")
    {
        Location = "Jobs.Tests.KeyedJobs.Run";
        HasImmutableArgs = true;
        KeyTemplate = "number:{value}";
    }

    public override string? KeyOf(in KeyedArgs args) => string.Create(CultureInfo.InvariantCulture, $"number:{args.Value}");

    public override void Write(Utf8JsonWriter writer, in KeyedArgs args) => NumberArgs.Definition.Write(writer, new NumberArgs(args.Value));

    public override KeyedArgs Read(ref Utf8JsonReader reader) => new(NumberArgs.Definition.Read(ref reader).Value);
}
