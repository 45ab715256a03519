using Jobs.Definitions;

namespace Jobs.Tests.Claims;

/// <summary>A job of which two run at once.</summary>
public readonly record struct LimitedArgs(int Value) : IJobArgs<LimitedArgs>
{
    public static JobDefinition<LimitedArgs> Definition { get; } = new LimitedDefinition();
}
