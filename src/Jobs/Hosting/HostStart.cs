using Jobs.Brokers;
using Jobs.Catalog;
using Jobs.Stores;
using Jobs.Telemetry;
using Microsoft.Extensions.Hosting;
using Microsoft.Extensions.Logging;
using Microsoft.Extensions.Options;

namespace Jobs.Hosting;

/// <summary>Runs before any hosted service starts: a host that is set up wrongly does not start, and the broker has its queues, and the store what it needs, if they
/// can be reached.</summary>
internal sealed class HostStart(
    HostChecks checks,
    IJobBroker broker,
    OptionalStore store,
    TopologyProvisioner provisioner,
    IOptions<JobsOptions> options,
    TimeProvider time,
    ILogger<HostStart> logger,
    IHostApplicationLifetime? lifetime = null) : IHostedLifecycleService
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
        var storeReady = ProvisionStoreAsync(wait.Token);
        var timeout = Task.Delay(BrokerWait, time, wait.Token);
        await Task.WhenAny(Task.WhenAll(provisioned, storeReady), timeout).ConfigureAwait(false);
        if (lifetime is { ApplicationStopping.IsCancellationRequested: true })
        {
            // Not an error, which would end the process with one: the host stops what it has started and leaves (dotnet/runtime#111013).
            Log.StoppedAtStart(logger);
            return;
        }

        cancellationToken.ThrowIfCancellationRequested();
        if (provisioned.IsCompleted)
        {
            await provisioned.ConfigureAwait(false);
        }
        else
        {
            Log.BrokerAwayAtStart(logger, broker.Name, BrokerWait);
        }

        if (storeReady.IsCompleted)
        {
            await storeReady.ConfigureAwait(false);
        }
        else
        {
            Log.StoreAwayAtStart(logger, store.Store!.Name, $"it did not answer within {BrokerWait}.");
        }

        await wait.CancelAsync().ConfigureAwait(false);
    }

    public Task StartAsync(CancellationToken cancellationToken) => Task.CompletedTask;

    public Task StartedAsync(CancellationToken cancellationToken) => Task.CompletedTask;

    public Task StoppingAsync(CancellationToken cancellationToken) => Task.CompletedTask;

    public Task StopAsync(CancellationToken cancellationToken) => Task.CompletedTask;

    public Task StoppedAsync(CancellationToken cancellationToken) => Task.CompletedTask;

    // A store that cannot be reached is made ready by the first call that needs it; one that differs from what is needed is an error.
    private async Task ProvisionStoreAsync(CancellationToken cancellationToken)
    {
        if (store.Store is not IProvisionedStore provisioned)
        {
            return;
        }

        try
        {
            await provisioned.ProvisionAsync(options.Value.Provision, cancellationToken).ConfigureAwait(false);
        }
        catch (Exception error) when (error is not (JobConfigurationException or OperationCanceledException))
        {
            Log.StoreAwayAtStart(logger, provisioned.Name, error.Message);
        }
    }
}
