using Jobs.Benchmarks.Ratios;
using Jobs.Benchmarks.Workload;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Hosting;

namespace Jobs.Benchmarks.Brokers;

/// <summary>Bulk enqueue through the generated args.</summary>
internal sealed class JobsBulkEnqueue(BrokerBench bench, IHost producer) : IBenchPath
{
    public string Name => "Jobs, EnqueueMany";

    public Task PrepareAsync(int jobs)
    {
        bench.Reset();
        return Task.CompletedTask;
    }

    public async Task RunAsync(int jobs) => await producer.Services.GetRequiredService<IJobClient>()
        .EnqueueManyAsync(Enumerable.Range(0, jobs).Select(static i => new StaticJobsClient.CountArgs(i)));

    public ValueTask DisposeAsync() => default;
}
