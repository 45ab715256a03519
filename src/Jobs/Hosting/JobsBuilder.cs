using Jobs.Definitions;
using Microsoft.Extensions.DependencyInjection;

namespace Jobs.Hosting;

/// <summary>Collects what a host adds, into the one registry of its services.</summary>
internal sealed class JobsBuilder(IServiceCollection services, JobsRegistry registry) : IJobsBuilder
{
    public IServiceCollection Services => services;

    public IJobsBuilder AddDefinition(JobDefinition definition)
    {
        ArgumentNullException.ThrowIfNull(definition);
        if (!registry.Definitions.Contains(definition))
        {
            registry.Definitions.Add(definition);
        }

        return this;
    }

    public IJobsBuilder AddHandler(JobHandler handler)
    {
        ArgumentNullException.ThrowIfNull(handler);
        if (!registry.Handlers.Contains(handler))
        {
            registry.Handlers.Add(handler);
        }

        return AddDefinition(handler.Definition);
    }
}
