using Microsoft.Extensions.Configuration;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Hosting;

namespace Jobs.Brokers.Tests.Stores;

/// <summary>Processes of one test, which are ended together. Not for concurrent use.</summary>
internal sealed class StoreHosts : IAsyncDisposable
{
    private static readonly TimeSpan Soon = TimeSpan.FromSeconds(5);

    private static int _namespaces;

    private readonly List<IHost> _hosts = [];

    /// <summary>A name that no other test has, on whatever servers: a process whose way was cut may find another server where its own was, and must not take its jobs.</summary>
    public static string NewNamespace() => $"n{Interlocked.Increment(ref _namespaces)}";

    /// <summary>Starts one.</summary>
    /// <param name="works">False: it only enqueues.</param>
    /// <param name="claims">What its jobs write to; null: nobody reads it.</param>
    /// <param name="steps">The same of jobs with steps.</param>
    /// <param name="settings">Its configuration, of which later ones win.</param>
    public async Task<IHost> StartAsync(bool works, ClaimLog? claims, StepLog? steps, params IEnumerable<Dictionary<string, string?>?> settings)
    {
        var builder = Host.CreateEmptyApplicationBuilder(null);
        builder.Configuration.AddInMemoryCollection([new("Jobs:Worker:DrainTimeout", "00:00:01")]);
        foreach (var some in settings)
        {
            builder.Configuration.AddInMemoryCollection(some);
        }

        builder.Services.AddSingleton(claims ?? new ClaimLog());
        builder.Services.AddSingleton(steps ?? new StepLog(hangsIn: -1));
        builder.AddJobs(jobs =>
        {
            jobs.AddTestsJobs().AddRedis().AddNats().AddSqs();
            if (works)
            {
                jobs.AddWorker();
            }
        });
        var host = builder.Build();
        _hosts.Add(host);
        await host.StartAsync(TestContext.Current.CancellationToken);
        return host;
    }

    public async ValueTask DisposeAsync()
    {
        foreach (var host in _hosts)
        {
            // Those whose connection was cut have nobody to say goodbye to.
            using var soon = new CancellationTokenSource(Soon, TimeProvider.System);
            await host.StopAsync(soon.Token);
            host.Dispose();
        }
    }
}
