using System.Text.Json;
using Jobs.Definitions;

namespace Jobs.Tests.Definitions;

/// <summary>A job whose args are one number, written as those of <see cref="NumberArgs"/> are.</summary>
public abstract class ValueDefinition<TArgs> : JobDefinition<TArgs>
    where TArgs : struct
{
    private readonly Func<int, TArgs> _make;
    private readonly Func<TArgs, int> _valueOf;

    protected ValueDefinition(string name, string location, Func<int, TArgs> make, Func<TArgs, int> valueOf)
        : base(name)
    {
        (_make, _valueOf) = (make, valueOf);
        Location = location;
        HasImmutableArgs = true;
    }

    public override void Write(Utf8JsonWriter writer, in TArgs args) => NumberArgs.Definition.Write(writer, new NumberArgs(_valueOf(args)));

    public override TArgs Read(ref Utf8JsonReader reader) => _make(NumberArgs.Definition.Read(ref reader).Value);
}
