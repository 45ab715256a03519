using Jobs.Definitions;

namespace Jobs.Tests.Claims;

/// <summary>A job that is done once for each number.</summary>
public readonly record struct OnceArgs(int Value) : IJobArgs<OnceArgs, string>
{
    public static JobDefinition<OnceArgs> Definition { get; } = new OnceDefinition();
}
