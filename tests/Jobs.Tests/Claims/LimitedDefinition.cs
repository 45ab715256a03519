using Jobs.Definitions;
using Jobs.Tests.Definitions;

namespace Jobs.Tests.Claims;

public sealed class LimitedDefinition : ValueDefinition<LimitedArgs>
{
    public const string JobName = "test.limited";

    public LimitedDefinition()
        : base(JobName, "Jobs.Tests.LimitedJobs.Run", static value => new(value), static args => args.Value) => Policy = new JobPolicy { ConcurrencyLimit = 2 };
}
