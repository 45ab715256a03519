using Jobs.Definitions;
using Jobs.Tests.Definitions;

namespace Jobs.Tests.Hosting;

/// <summary>A handler that does nothing, with whatever services it claims to need.</summary>
internal sealed class TestHandler : JobHandler<NumberArgs>
{
    public TestHandler(JobDefinition<NumberArgs> definition, params ServiceRequirement[] services)
        : base(definition)
    {
        Location = "Jobs.Tests.NumberJobs.Run";
        Services = services;
    }

    protected override ValueTask HandleAsync(NumberArgs args, in JobInvocation invocation) => default;
}
