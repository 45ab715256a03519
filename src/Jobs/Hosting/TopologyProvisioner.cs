using Jobs.Brokers;
using Jobs.Catalog;
using Jobs.Telemetry;
using Microsoft.Extensions.Logging;
using Microsoft.Extensions.Options;

namespace Jobs.Hosting;

/// <summary>Makes sure, once per host, that the broker has the queues. Safe for concurrent use.</summary>
/// <remarks>A broker that is away is tried again with growing, jittered delays until the host stops; one that differs from what is configured is an error.</remarks>
internal sealed class TopologyProvisioner(
    IJobBroker broker,
    QueueCatalog queues,
    IOptions<JobsOptions> options,
    TimeProvider time,
    JobsTelemetry telemetry,
    ILogger<TopologyProvisioner> logger) : IDisposable
{
    private static readonly TimeSpan FirstDelay = TimeSpan.FromMilliseconds(250);
    private static readonly TimeSpan LongestDelay = TimeSpan.FromSeconds(30);

    private readonly CancellationTokenSource _stop = new();
    private readonly Lock _lock = new();
    private Task? _provisioning;

    /// <summary>Completes when the queues are there.</summary>
    /// <param name="cancellationToken">Ends the wait; the work goes on.</param>
    /// <exception cref="JobConfigurationException">The broker's queues differ from what is configured.</exception>
    public Task EnsureAsync(CancellationToken cancellationToken)
    {
        lock (_lock)
        {
            _provisioning ??= ProvisionAsync(_stop.Token);
        }

        return _provisioning.WaitAsync(cancellationToken);
    }

    public void Dispose()
    {
        _stop.Cancel();
        _stop.Dispose();
    }

    private async Task ProvisionAsync(CancellationToken stop)
    {
        await Task.CompletedTask.ConfigureAwait(ConfigureAwaitOptions.ForceYielding);
        for (var delay = FirstDelay; ; delay = delay * 2 > LongestDelay ? LongestDelay : delay * 2)
        {
            try
            {
                await broker.ProvisionAsync(queues.Topology, options.Value.Provision, stop).ConfigureAwait(false);
                Log.Provisioned(logger, broker.Name);
                return;
            }
            catch (JobConfigurationException error)
            {
                Log.ProvisionRefused(logger, error, broker.Name);
                throw;
            }
            catch (Exception error) when (!stop.IsCancellationRequested)
            {
                var jittered = delay * (0.5 + Random.Shared.NextDouble());
                Log.ProvisionFailed(logger, error, broker.Name, jittered);
                telemetry.ErrorSwallowed("provision");
                await Task.Delay(jittered, time, stop).ConfigureAwait(false);
            }
        }
    }
}
