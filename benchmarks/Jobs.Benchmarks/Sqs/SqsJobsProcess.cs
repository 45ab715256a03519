using Jobs.Benchmarks.Ratios;
using Jobs.Benchmarks.Workload;
using Microsoft.Extensions.Hosting;

namespace Jobs.Benchmarks.Sqs;

/// <summary>A worker that is started on a full queue; its start counts.</summary>
internal sealed class SqsJobsProcess(SqsBench bench, int concurrency) : IBenchPath
{
    private IHost? _host;

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
        _host = await bench.StartHostAsync(concurrency);
        await Executions.Shared.ReachAsync(jobs);
    }

    public ValueTask DisposeAsync() => new(RestAsync());

    public async Task RestAsync()
    {
        if (_host is { } host)
        {
            _host = null;
            await host.StopAsync();
            host.Dispose();
        }
    }
}
