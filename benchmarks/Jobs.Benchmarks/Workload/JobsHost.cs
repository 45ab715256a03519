using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Hosting;

namespace Jobs.Benchmarks.Workload;

/// <summary>A host with the memory broker and a worker; no configuration, no log providers.</summary>
internal static class JobsHost
{
    /// <param name="workers">Places of the worker.</param>
    /// <param name="configure">What is different; null: nothing.</param>
    public static async Task<IHost> StartAsync(int workers, Action<IJobsBuilder>? configure = null)
    {
        var builder = Host.CreateEmptyApplicationBuilder(null);
        builder.Services.AddScoped<ScopedService>().AddScoped<ScopedJobs>();
        builder.AddJobs(jobs => jobs.AddBenchmarksJobs().AddWorker(worker =>
        {
            worker.Concurrency = workers;
            // So that draining fits the host's default shutdown timeout.
            worker.DrainTimeout = TimeSpan.FromSeconds(10);
        }));
        if (configure is not null)
        {
            builder.AddJobs(configure);
        }

        var host = builder.Build();
        await host.StartAsync();
        return host;
    }
}
