using System.Globalization;
using Jobs.Tests.Definitions;

namespace Jobs.Tests.Keys;

public sealed class KeyedDefinition : ValueDefinition<KeyedArgs>
{
    public KeyedDefinition()
        : base("test.keyed", "Jobs.Tests.KeyedJobs.Run", static value => new(value), static args => args.Value) => KeyTemplate = "number:{value}";

    public override string? KeyOf(in KeyedArgs args) => string.Create(CultureInfo.InvariantCulture, $"number:{args.Value}");
}
