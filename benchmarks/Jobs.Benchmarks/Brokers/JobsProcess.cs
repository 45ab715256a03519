using Jobs.Benchmarks.Ratios;
using Jobs.Benchmarks.Workload;
using Microsoft.Extensions.Hosting;

namespace Jobs.Benchmarks.Brokers;

/// <summary>A worker that waits at an empty queue, which then is full at once.</summary>
internal sealed class JobsProcess(BrokerBench bench, int concurrency) : IBenchPath
{
    private IHost? _host;

    public string Name => "Jobs, worker";

    public async Task PrepareAsync(int jobs)
    {
        Executions.Shared.Reset();
        bench.Reset();
        bench.Enqueue(jobs);
        await bench.HideAsync();
        _host = await bench.StartHostAsync(concurrency);
        bench.WaitForReceiver();
    }

    public async Task RunAsync(int jobs)
    {
        await bench.ShowAsync();
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
