using Jobs.Definitions;

namespace Jobs.Tests.Definitions;

/// <summary>A job with a number and a text as its result.</summary>
public readonly record struct ResultArgs(int Value) : IJobArgs<ResultArgs, string>
{
    public static JobDefinition<ResultArgs> Definition { get; } = new ResultDefinition();
}
