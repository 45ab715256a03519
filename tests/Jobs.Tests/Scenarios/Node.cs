using Jobs.Definitions;
using Jobs.Hosting;
using Jobs.Memory;
using Jobs.Running;
using Jobs.Tests.Running;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Hosting;
using Microsoft.Extensions.Logging;

namespace Jobs.Tests.Scenarios;

/// <summary>One process of the application: a host with its own line to the shared broker.</summary>
internal sealed class Node
{
    private readonly Bench _bench;
    private readonly IHost _host;

    public Node(Bench bench, Action<NodeBuilder> jobs)
    {
        _bench = bench;
        Probe = new ProbeBroker(bench.Broker, bench.Changes);
        var builder = Host.CreateEmptyApplicationBuilder(null);
        builder.Services.AddSingleton(bench.Time);
        builder.Logging.SetMinimumLevel(LogLevel.Trace).AddProvider(bench.Logs);
        builder.AddJobs(add =>
        {
            add.AddBroker("probe", _ => Probe).AddStore("probe", services => new MemoryStore(services.GetRequiredService<TimeProvider>())).AddWorker();
            add.Configure(static options => options.Broker = "probe");
            jobs(new NodeBuilder(bench, this, add));
        });
        _host = builder.Build();
    }

    public ProbeBroker Probe { get; }

    public IServiceProvider Services => _host.Services;

    public IJobClient Client => Services.GetRequiredService<IJobClient>();

    public JobWorker Worker => Services.GetServices<IHostedService>().OfType<JobWorker>().Single();

    public FairGate Gate => Worker.Gate!;

    public bool IsStopped { get; private set; }

    public Task StartAsync() => _host.StartAsync(TestContext.Current.CancellationToken);

    /// <summary>Stops the host; the clock is the caller's to move.</summary>
    public Task StopAsync()
    {
        IsStopped = true;
        return _host.StopAsync(CancellationToken.None);
    }

    /// <summary>The process dies: nothing that it holds is settled or renewed any more.</summary>
    public Task KillAsync() => Probe.CutAsync();

    public async ValueTask DisposeAsync()
    {
        if (!IsStopped)
        {
            await _bench.DriveAsync(StopAsync());
        }

        await ((IAsyncDisposable)_host).DisposeAsync();
    }
}
