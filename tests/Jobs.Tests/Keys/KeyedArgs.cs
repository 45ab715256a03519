using Jobs.Definitions;

namespace Jobs.Tests.Keys;

/// <summary>A job whose key is made of its number: <c>number:{value}</c>.</summary>
public readonly record struct KeyedArgs(int Value) : IJobArgs<KeyedArgs>
{
    public static JobDefinition<KeyedArgs> Definition { get; } = new KeyedDefinition();
}
