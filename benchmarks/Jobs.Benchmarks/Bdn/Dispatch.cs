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

    // Not async: the in-process toolchain does not wait for it.
    [GlobalSetup]
    public void Start()
    {
        _host = JobsHost.StartAsync(Concurrency).GetAwaiter().GetResult();
        _jobs = _host.Services.GetRequiredService<IJobClient>();
    }

    [GlobalCleanup]
    public void Stop()
    {
        _host.StopAsync().GetAwaiter().GetResult();
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
