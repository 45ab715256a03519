using Jobs.Definitions;

namespace Jobs.Tests.Scenarios;

/// <summary>The item of a batch job.</summary>
public readonly record struct ItemArgs(int Value) : IJobArgs<ItemArgs>
{
    public static JobDefinition<ItemArgs> Definition { get; } = new ItemDefinition();
}
