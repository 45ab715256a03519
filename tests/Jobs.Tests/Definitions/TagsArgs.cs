using Jobs.Definitions;

namespace Jobs.Tests.Definitions;

/// <summary>A job whose args can change after they were enqueued, so that they must not be handed over by value.</summary>
public readonly record struct TagsArgs(List<string> Tags) : IJobArgs<TagsArgs>
{
    public static JobDefinition<TagsArgs> Definition { get; } = new TagsDefinition();
}
