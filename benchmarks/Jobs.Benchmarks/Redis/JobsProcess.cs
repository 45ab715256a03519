using Jobs.Benchmarks.Ratios;
using Jobs.Benchmarks.Workload;

namespace Jobs.Benchmarks.Redis;

/// <summary>A worker that starts with a full queue; its start and its connections count.</summary>
internal sealed class JobsProcess(RedisBench bench, int concurrency) : IBenchPath
{
    public string Name => "Jobs, worker";

    public Task PrepareAsync(int jobs)
    {
        Executions.Shared.Reset();
        bench.Reset();
        bench.Enqueue(jobs);
        return Task.CompletedTask;
    }

    public async Task RunAsync(int jobs)
    {
        using var host = await bench.StartHostAsync(concurrency);
        await Executions.Shared.ReachAsync(jobs);
        await host.StopAsync();
    }

    public ValueTask DisposeAsync() => default;
}
