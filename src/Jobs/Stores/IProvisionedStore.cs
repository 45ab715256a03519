using Jobs.Brokers;

namespace Jobs.Stores;

/// <summary>A store that needs something on its server, which the host sees to when it starts. For adapters.</summary>
internal interface IProvisionedStore : IJobStore
{
    /// <summary>Makes it ready, as <see cref="IJobBroker.ProvisionAsync"/> does.</summary>
    /// <exception cref="JobConfigurationException">What is there differs from what is needed, or somebody has to mend something else.</exception>
    ValueTask ProvisionAsync(ProvisionMode mode, CancellationToken cancellationToken);
}
