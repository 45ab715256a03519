using Microsoft.Extensions.Configuration;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Hosting;

namespace Jobs.Benchmarks.Brokers;

/// <summary>What the paths of one broker share: a server, the queue, hosts, and a bare client that uses the same commands.</summary>
internal abstract class BrokerBench
{
    public const string Namespace = "bench";

    /// <summary>What a job is for the bare client.</summary>
    public static byte[] Document { get; } =
        """{"specversion":"1.0","id":"019ab5cd-7e00-7a3b-8c4d-5e6f708192a3","source":"/bench","type":"bench.static","time":"2026-11-22T12:00:00.000Z","jobversion":1,"jobqueue":"default","data":{"value":42}}"""u8.ToArray();

    /// <summary>Empties the queue, or makes it.</summary>
    public abstract void Reset();

    /// <summary>Enqueues jobs as fast as one socket can.</summary>
    public abstract void Enqueue(int jobs);

    /// <summary>Makes the queue seem empty.</summary>
    public abstract Task HideAsync();

    /// <summary>Takes that back, and wakes whoever waits.</summary>
    public abstract Task ShowAsync();

    /// <summary>Completes when a worker waits at the queue.</summary>
    public abstract void WaitForReceiver();

    /// <param name="workers">The concurrency; null for a host that only enqueues.</param>
    /// <param name="status">Whether each job has a record.</param>
    public async Task<IHost> StartHostAsync(int? workers, bool status = false)
    {
        var builder = Host.CreateEmptyApplicationBuilder(null);
        builder.Configuration.AddInMemoryCollection(new Dictionary<string, string?>(Configuration) { ["Jobs:Namespace"] = Namespace, ["Jobs:Status:Enabled"] = status ? "true" : "false" });
        builder.AddJobs(jobs =>
        {
            jobs.AddBenchmarksJobs().AddRedis().AddNats().AddSqs();
            if (workers is { } concurrency)
            {
                jobs.AddWorker(worker => (worker.Concurrency, worker.DrainTimeout) = (concurrency, TimeSpan.FromSeconds(10)));
            }
        });
        builder.Services.AddScoped<Workload.ScopedService>().AddScoped<Workload.ScopedJobs>();
        var host = builder.Build();
        await host.StartAsync();
        return host;
    }

    /// <summary>Names the broker and its server.</summary>
    protected abstract Dictionary<string, string?> Configuration { get; }
}
