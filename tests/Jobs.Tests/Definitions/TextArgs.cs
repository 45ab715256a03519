using Jobs.Definitions;

namespace Jobs.Tests.Definitions;

/// <summary>A job with one text, written by hand as the generator would.</summary>
public readonly record struct TextArgs(string Text) : IJobArgs<TextArgs>
{
    public static JobDefinition<TextArgs> Definition { get; } = new TextDefinition();
}
