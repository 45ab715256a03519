using BenchmarkDotNet.Attributes;
using Jobs.Benchmarks.Workload;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Hosting;

namespace Jobs.Benchmarks.Bdn;

/// <summary>Enqueue to executed on the memory broker, a burst at a time, by concurrency.</summary>
public class Dispatch
{
    private const int Burst = 1000;

    private IHost _host = null!;
    private IJobClient _jobs = null!;

    [Params(1, 16)]
    public int Concurrency { get; set; }

    [GlobalSetup]
    public async Task Start()
    {
        _host = await JobsHost.StartAsync(Concurrency);
        _jobs = _host.Services.GetRequiredService<IJobClient>();
    }

    [GlobalCleanup]
    public async Task Stop()
    {
        await _host.StopAsync();
        _host.Dispose();
    }

    [Benchmark(Baseline = true, OperationsPerInvoke = Burst)]
    public async Task Static() => await BurstAsync(static (jobs, value) => jobs.StaticJobs.Count(value));

    [Benchmark(OperationsPerInvoke = Burst)]
    public async Task StaticWithToken() => await BurstAsync(static (jobs, value) => jobs.StaticJobs.CountWithToken(value));

    [Benchmark(OperationsPerInvoke = Burst)]
    public async Task Instance() => await BurstAsync(static (jobs, value) => jobs.ScopedJobs.Count(value));

    private async ValueTask BurstAsync(Func<IJobClient, int, ValueTask<JobHandle>> enqueue)
    {
        Executions.Shared.Reset();
        for (var i = 0; i < Burst; i++)
        {
            await enqueue(_jobs, i);
        }

        await Executions.Shared.ReachAsync(Burst);
    }
}
