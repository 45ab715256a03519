using Jobs.Benchmarks.Ratios;
using Jobs.Benchmarks.Workload;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Hosting;

namespace Jobs.Benchmarks.Brokers;

/// <summary>One call after the other, so many at once.</summary>
internal sealed class JobsSingleEnqueue(BrokerBench bench, IHost producer, int callers) : IBenchPath
{
    public string Name => $"Jobs, {callers} callers";

    public Task PrepareAsync(int jobs)
    {
        bench.Reset();
        return Task.CompletedTask;
    }

    public Task RunAsync(int jobs)
    {
        var client = producer.Services.GetRequiredService<StaticJobsClient>();
        return Task.WhenAll(Enumerable.Range(0, callers).Select(async _ =>
        {
            for (var left = jobs / callers; left > 0; left--)
            {
                await client.Count(left);
            }
        }));
    }

    public ValueTask DisposeAsync() => default;
}
