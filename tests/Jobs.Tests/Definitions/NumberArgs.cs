using Jobs.Definitions;

namespace Jobs.Tests.Definitions;

/// <summary>A job with one number, written by hand as the generator would: its args hold nothing on the heap.</summary>
public readonly record struct NumberArgs(int Value) : IJobArgs<NumberArgs>
{
    public static JobDefinition<NumberArgs> Definition { get; } = new NumberDefinition();
}
