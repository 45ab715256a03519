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
    private readonly NodeTime? _time;
    private Task _stopping = Task.CompletedTask;

    public Node(Bench bench, Action<NodeBuilder> jobs)
    {
        _bench = bench;
        Watch = new NodeWatch(bench.Changes);
        Probe = new ProbeBroker(bench.Broker, bench.Changes);
        Store = new NodeStore(bench.Store);
        var builder = Host.CreateEmptyApplicationBuilder(null);
        _time = bench.IsOnRealTime ? null : new NodeTime(bench.Time, bench.Changes);
        builder.Services.AddSingleton(_time ?? bench.Time);
        builder.Services.AddSingleton<IWorkerObserver>(Watch);
        builder.Logging.SetMinimumLevel(LogLevel.Trace).AddProvider(bench.Logs);
        builder.AddJobs(add =>
        {
            add.AddBroker("probe", _ => Probe).AddStore("probe", _ => Store).AddWorker();
            add.Configure(static options => options.Broker = "probe");
            jobs(new NodeBuilder(bench, this, add));
        });
        _host = builder.Build();
    }

    public ProbeBroker Probe { get; }

    public NodeStore Store { get; }

    public NodeWatch Watch { get; }

    public IServiceProvider Services => _host.Services;

    public IJobClient Client => Services.GetRequiredService<IJobClient>();

    public JobWorker Worker => Services.GetServices<IHostedService>().OfType<JobWorker>().Single();

    public FairGate Gate => Worker.Gate!;

    public bool IsStopped { get; private set; }

    /// <summary>True if nothing happens to this node unless the clock moves, or the test does something. A dead one counts for nothing.</summary>
    public bool IsAtRest => !_stopping.IsCompleted
        ? _time is { IsStopWaiting: true } && (Gate.InHand > 0 || Worker.Pending.Count > 0) && Watch.OnlyScriptsWait(Gate)
        : IsStopped || Probe.IsCut || Watch.IsAtRest(Worker);

    public Task StartAsync() => _host.StartAsync(TestContext.Current.CancellationToken);

    /// <summary>Stops the host; the clock is the caller's to move.</summary>
    public Task StopAsync()
    {
        IsStopped = true;
        _stopping = _time is null ? _host.StopAsync(CancellationToken.None) : _time.StopAsync(() => _host.StopAsync(CancellationToken.None));
        return _stopping;
    }

    /// <summary>The process dies: nothing that it holds is settled or renewed any more.</summary>
    public Task KillAsync() => Probe.CutAsync();

    /// <summary>The machine dies: neither broker nor store hears of it any more.</summary>
    public Task CrashAsync()
    {
        Store.IsAway = true;
        return KillAsync();
    }

    public async ValueTask DisposeAsync()
    {
        if (!IsStopped)
        {
            await _bench.DriveAsync(StopAsync());
        }

        await ((IAsyncDisposable)_host).DisposeAsync();
    }
}
