using Jobs.Hosting;
using Jobs.Memory;
using Jobs.Running;
using Jobs.Testing.Faults;
using Jobs.Testing.Recording;
using Jobs.Testing.Watching;
using Microsoft.Extensions.Configuration;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Hosting;

namespace Jobs.Testing;

/// <summary>One process of the test: a generic host from start to stop, on the clock, broker and store that outlive it.</summary>
internal sealed class HostRun(IHost host, ScriptedBroker broker, WorkerWatch watch) : IAsyncDisposable
{
    public IServiceProvider Services => host.Services;

    public WorkerWatch Watch => watch;

    public static HostRun Create(
        Action<IJobsBuilder> jobs,
        JobTestHostOptions options,
        FakeTimeProvider time,
        MemoryBroker memory,
        MemoryStore store,
        FaultScript faults,
        Recorder recorder,
        ChangeSignal changes)
    {
        var broker = new ScriptedBroker(memory, faults, recorder, changes);
        var watch = new WorkerWatch(changes, recorder);
        var builder = Host.CreateEmptyApplicationBuilder(null);
        builder.Configuration.AddInMemoryCollection(options.Configuration);
        builder.Services.AddSingleton<TimeProvider>(time);
        builder.Services.AddSingleton<IWorkerObserver>(watch);
        builder.AddJobs(jobs);
        builder.AddJobs(own =>
        {
            // Not the instance itself: the container disposes what its factories make.
            own.AddBroker("memory", _ => broker).AddStore("memory", _ => new BorrowedStore(store)).Configure(settings => (settings.Broker, settings.Store) = ("memory", null));
            if (options.RunsWorker)
            {
                own.AddWorker();
            }
        });
        options.Services?.Invoke(builder.Services);
        var host = builder.Build();
        watch.Worker = host.Services.GetServices<IHostedService>().OfType<JobWorker>().SingleOrDefault();
        return new HostRun(host, broker, watch);
    }

    public Task StartAsync(CancellationToken cancellationToken) => host.StartAsync(cancellationToken);

    public Task StopAsync(CancellationToken cancellationToken) => host.StopAsync(cancellationToken);

    /// <summary>Ends at once, as a process does that is killed: whatever its handlers still do is heard by nobody.</summary>
    public async Task KillAsync()
    {
        await broker.SeverAsync().ConfigureAwait(false);
        using var now = new CancellationTokenSource();
        await now.CancelAsync().ConfigureAwait(false);
        await host.StopAsync(now.Token).ConfigureAwait(ConfigureAwaitOptions.SuppressThrowing);
        await DisposeAsync().ConfigureAwait(false);
    }

    public async ValueTask DisposeAsync()
    {
        if (host is IAsyncDisposable disposable)
        {
            await disposable.DisposeAsync().ConfigureAwait(false);
        }
    }
}
