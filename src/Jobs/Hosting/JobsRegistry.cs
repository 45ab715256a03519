using Jobs.Brokers;
using Jobs.Definitions;
using Jobs.Stores;
using Microsoft.Extensions.DependencyInjection;

namespace Jobs.Hosting;

/// <summary>What code added to a host: jobs, handlers, brokers, stores, queues. Filled while services are registered, read afterwards.</summary>
internal sealed class JobsRegistry
{
    public List<JobDefinition> Definitions { get; } = [];

    public List<JobHandler> Handlers { get; } = [];

    public List<FailureRule> FailureRules { get; } = [];

    /// <summary>Queues that were added by name, whether or not a job names them.</summary>
    public List<string> Queues { get; } = [];

    public Dictionary<string, Func<IServiceProvider, IJobBroker>> Brokers { get; } = new(StringComparer.OrdinalIgnoreCase);

    public Dictionary<string, Func<IServiceProvider, IJobStore>> Stores { get; } = new(StringComparer.OrdinalIgnoreCase);

    /// <summary>Whether this host runs jobs.</summary>
    public bool HasWorker { get; set; }

    /// <summary>The one registry of a host.</summary>
    /// <exception cref="InvalidOperationException">AddJobs was not called on these services.</exception>
    public static JobsRegistry Of(IServiceCollection services) =>
        Find(services) ?? throw new InvalidOperationException("Call AddJobs on the services first.");

    public static JobsRegistry? Find(IServiceCollection services)
    {
        foreach (var service in services)
        {
            if (service.ServiceType == typeof(JobsRegistry))
            {
                return (JobsRegistry?)service.ImplementationInstance;
            }
        }

        return null;
    }

    /// <summary>The name of the store that the options choose: the configured one, else the one that the broker brings; null if there is none.</summary>
    public string? StoreName(JobsOptions options) =>
        options.Store ?? (Stores.ContainsKey(options.Broker) ? options.Broker : null);
}
