using Jobs.Definitions;
using Jobs.Tests.Definitions;

namespace Jobs.Tests.Scenarios;

public sealed class ItemDefinition : ValueDefinition<ItemArgs>
{
    public const string JobName = "test.item";

    public ItemDefinition()
        : base(JobName, "Jobs.Tests.ItemJobs.Run", static value => new(value), static args => args.Value) => Batch = new BatchPolicy(100, TimeSpan.FromSeconds(5));
}
