using Jobs.Brokers;
using Jobs.Catalog;
using Jobs.Telemetry;
using Microsoft.Extensions.Hosting;
using Microsoft.Extensions.Logging;
using Microsoft.Extensions.Options;

namespace Jobs.Hosting;

/// <summary>Runs before any hosted service starts: a host that is set up wrongly does not start, and the broker has its queues if it can be reached.</summary>
internal sealed class HostStart(
    HostChecks checks,
    IJobBroker broker,
    TopologyProvisioner provisioner,
    IOptions<JobsOptions> options,
    TimeProvider time,
    ILogger<HostStart> logger) : IHostedLifecycleService
{
    /// <summary>How long a start waits for a broker; a host whose broker is away starts without it.</summary>
    internal static readonly TimeSpan BrokerWait = TimeSpan.FromSeconds(5);

    public async Task StartingAsync(CancellationToken cancellationToken)
    {
        // Touching the value validates it, in hosts too that do not run start-up validators.
        _ = options.Value;
        checks.Run();

        using var wait = CancellationTokenSource.CreateLinkedTokenSource(cancellationToken);
        var provisioned = provisioner.EnsureAsync(wait.Token);
        var timeout = Task.Delay(BrokerWait, time, wait.Token);
        var first = await Task.WhenAny(provisioned, timeout).ConfigureAwait(false);
        cancellationToken.ThrowIfCancellationRequested();
        if (first == provisioned)
        {
            await provisioned.ConfigureAwait(false);
        }
        else
        {
            Log.BrokerAwayAtStart(logger, broker.Name, BrokerWait);
        }

        await wait.CancelAsync().ConfigureAwait(false);
    }

    public Task StartAsync(CancellationToken cancellationToken) => Task.CompletedTask;

    public Task StartedAsync(CancellationToken cancellationToken) => Task.CompletedTask;

    public Task StoppingAsync(CancellationToken cancellationToken) => Task.CompletedTask;

    public Task StopAsync(CancellationToken cancellationToken) => Task.CompletedTask;

    public Task StoppedAsync(CancellationToken cancellationToken) => Task.CompletedTask;
}
