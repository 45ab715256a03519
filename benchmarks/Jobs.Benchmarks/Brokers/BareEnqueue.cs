using Jobs.Benchmarks.Ratios;

namespace Jobs.Benchmarks.Brokers;

/// <summary>Bulk enqueue by the bare loop.</summary>
internal sealed class BareEnqueue(BrokerBench bench) : IBenchPath
{
    public string Name => "bare pipelined loop";

    public Task PrepareAsync(int jobs)
    {
        bench.Reset();
        return Task.CompletedTask;
    }

    public Task RunAsync(int jobs)
    {
        bench.Enqueue(jobs);
        return Task.CompletedTask;
    }

    public ValueTask DisposeAsync() => default;
}
