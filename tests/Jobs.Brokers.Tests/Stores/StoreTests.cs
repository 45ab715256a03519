using Jobs.Monitoring;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Hosting;

namespace Jobs.Brokers.Tests.Stores;

/// <summary>Tests of what processes share in a store. Each derived class of tests runs on several brokers and stores.</summary>
public abstract class StoreTests<TServers>(TServers servers) : IClassFixture<TServers>, IAsyncDisposable
    where TServers : StoreServers
{
    // Longer than the claim of a node that leaves in the middle of a tick.
    protected static readonly TimeSpan Patience = TimeSpan.FromSeconds(90);

    private readonly StoreHosts _hosts = new();
    private readonly List<StoreRoute> _routes = [];

    protected static CancellationToken Token => TestContext.Current.CancellationToken;

    public async ValueTask DisposeAsync()
    {
        await _hosts.DisposeAsync();
        foreach (var route in _routes)
        {
            await route.DisposeAsync();
        }

        GC.SuppressFinalize(this);
    }

    protected TServers Servers => servers;

    protected string Namespace { get; } = StoreHosts.NewNamespace();

    /// <summary>Configuration of each process.</summary>
    protected virtual Dictionary<string, string?> Settings => [];

    protected static IJobClient Client(IHost host) => host.Services.GetRequiredService<IJobClient>();

    /// <summary>What waits, is in hand, and is delayed.</summary>
    protected static ValueTask<QueueDepth> DepthAsync(IHost host) => ((IQueueAdmin)host.Services.GetRequiredService<IJobBroker>()).GetDepthAsync("default", Token);

    protected static async Task<bool> IsEmptyAsync(IHost host) => await DepthAsync(host) is { Waiting: 0, InFlight: 0, Delayed: 0 };

    protected static Task UntilAsync(Func<bool> condition) => UntilAsync(() => Task.FromResult(condition()));

    protected static async Task UntilAsync(Func<Task<bool>> condition)
    {
        var started = TimeProvider.System.GetTimestamp();
        while (!await condition())
        {
            Assert.True(TimeProvider.System.GetElapsedTime(started) < Patience, "It did not come to that in time.");
            await Task.Delay(TimeSpan.FromMilliseconds(20), TimeProvider.System, Token);
        }
    }

    protected static async Task<JobStatus> UntilAsync(IHost host, JobId id, JobState state)
    {
        using var patience = CancellationTokenSource.CreateLinkedTokenSource(Token);
        patience.CancelAfter(Patience);
        await foreach (var status in host.Services.GetRequiredService<IJobMonitor>().WatchAsync(id, patience.Token))
        {
            if (status?.State == state)
            {
                return (await host.Services.GetRequiredService<IJobMonitor>().GetAsync(id, Token))!;
            }
        }

        throw new TimeoutException($"Job {id} never was {state}.");
    }

    /// <summary>A way to the servers that a test can end.</summary>
    protected StoreRoute Divert()
    {
        var route = new StoreRoute(servers);
        _routes.Add(route);
        return route;
    }

    /// <summary>Starts a process.</summary>
    /// <param name="works">False: it only enqueues.</param>
    /// <param name="claims">What its jobs write to; null: nobody reads it.</param>
    /// <param name="steps">The same of jobs with steps.</param>
    /// <param name="route">Its way to the servers; null: none that could end.</param>
    /// <param name="settings">Its own configuration, which wins.</param>
    protected Task<IHost> StartAsync(bool works = true, ClaimLog? claims = null, StepLog? steps = null, StoreRoute? route = null, Dictionary<string, string?>? settings = null) =>
        _hosts.StartAsync(
            works,
            claims,
            steps,
            new() { ["Jobs:Namespace"] = Namespace },
            Settings,
            route?.Configuration ?? servers.ConfigurationOf(servers.Broker.EndPoint, servers.Store.EndPoint),
            settings);
}
