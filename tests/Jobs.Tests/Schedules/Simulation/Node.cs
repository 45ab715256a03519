using Jobs.Brokers;
using Jobs.Memory;
using Jobs.Schedules;
using Jobs.Testing;
using Microsoft.Extensions.Configuration;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Hosting;

namespace Jobs.Tests.Schedules.Simulation;

/// <summary>One process with a scheduler, which can be frozen, thawed and killed anywhere between two of its calls.</summary>
internal sealed class Node : IAsyncDisposable
{
    private readonly NodeGate _gate = new();
    private readonly NodeClock _clock;
    private readonly ServiceProvider _services;
    private readonly Scheduler _scheduler;

    public Node(FakeTimeProvider time, TimeSpan skew, MemoryStore store, MemoryBroker broker, IReadOnlyDictionary<string, string?> configuration)
    {
        _clock = new NodeClock(time, skew);
        var services = new ServiceCollection();
        services.AddLogging();
        services.AddSingleton<TimeProvider>(_clock);
        services.AddSingleton<IConfiguration>(new ConfigurationBuilder().AddInMemoryCollection(configuration).Build());
        services.AddSingleton<IHostEnvironment>(new Microsoft.Extensions.Hosting.Internal.HostingEnvironment());
        services.AddJobs(jobs =>
        {
            ReportJobsClient.Register(jobs);
            jobs.AddStore("memory", _ => new GatedStore(store, _gate)).AddWorker();
        });
        services.AddSingleton<IJobSender>(new GatedSender(broker, _gate));
        _services = services.BuildServiceProvider();
        _scheduler = _services.GetServices<IHostedService>().OfType<Scheduler>().Single();
        _gate.Closed = _clock.Freeze;
        _ = _scheduler.StartAsync(CancellationToken.None);
    }

    public bool IsFrozen => _clock.IsFrozen;

    public bool IsDead => _clock.IsDead;

    /// <summary>Freezes after so many more calls; zero: before the next.</summary>
    public void FreezeAfter(int calls)
    {
        if (calls == 0)
        {
            _clock.Freeze();
            _gate.Close();
        }
        else
        {
            _gate.CallsLeft = calls;
        }
    }

    public void Thaw()
    {
        _gate.Open();
        _clock.Thaw();
    }

    /// <summary>Nothing that it was about to do ever happens.</summary>
    public void Kill()
    {
        _gate.Close();
        _clock.IsDead = true;
    }

    public async ValueTask DisposeAsync()
    {
        _clock.IsDead = true;
        await _services.DisposeAsync();
    }
}
