using Jobs.Definitions;
using Microsoft.Extensions.DependencyInjection;

namespace Jobs;

/// <summary>What a host adds jobs, brokers and workers to. Generated registration extends it.</summary>
public interface IJobsBuilder
{
    /// <summary>The host's services.</summary>
    IServiceCollection Services { get; }

    /// <summary>Makes a job known to this host. Adding the same definition again changes nothing.</summary>
    IJobsBuilder AddDefinition(JobDefinition definition);

    /// <summary>Gives a job its handler. Adding the same handler again changes nothing.</summary>
    IJobsBuilder AddHandler(JobHandler handler);
}
