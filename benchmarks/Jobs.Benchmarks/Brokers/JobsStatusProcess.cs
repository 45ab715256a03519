using Jobs.Benchmarks.Ratios;
using Jobs.Benchmarks.Workload;
using Jobs.Brokers;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Hosting;

namespace Jobs.Benchmarks.Brokers;

/// <summary>A worker that waits at an empty queue, which then is full at once, until all is settled; with a record for each job or without.</summary>
internal sealed class JobsStatusProcess(BrokerBench bench, int concurrency, bool status, bool waits) : IBenchPath
{
    private IHost? _host;

    public string Name => status ? "Jobs, worker, status on" : "Jobs, worker, status off";

    public async Task PrepareAsync(int jobs)
    {
        Executions.Shared.Reset();
        bench.Reset();
        using (var producer = await bench.StartHostAsync(workers: null, status))
        {
            var client = producer.Services.GetRequiredService<IJobClient>();
            var values = Enumerable.Range(0, jobs);
            _ = waits
                ? await client.EnqueueManyAsync(values.Select(static value => new StaticJobsClient.WaitArgs(value)))
                : await client.EnqueueManyAsync(values.Select(static value => new StaticJobsClient.CountArgs(value)));
            await producer.StopAsync();
        }

        await bench.HideAsync();
        _host = await bench.StartHostAsync(concurrency, status);
        bench.WaitForReceiver();
    }

    public async Task RunAsync(int jobs)
    {
        await bench.ShowAsync();
        await Executions.Shared.ReachAsync(jobs);
        var admin = (IQueueAdmin)_host!.Services.GetRequiredService<IJobBroker>();
        while (await admin.GetDepthAsync("default") is not { Waiting: 0, InFlight: 0 })
        {
            await Task.Delay(1);
        }
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
