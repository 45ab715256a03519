using BenchmarkDotNet.Attributes;
using Jobs.Benchmarks.Workload;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Hosting;

namespace Jobs.Benchmarks.Bdn;

/// <summary>What the client costs the caller: everything but the broker.</summary>
public class Enqueue
{
    private const int Bulk = 1000;

    private static readonly EnqueueOptions Options = new() { CorrelationId = "c-1", Tenant = "a" };

    private readonly StaticJobsClient.CountArgs[] _args = [.. Enumerable.Range(0, Bulk).Select(static i => new StaticJobsClient.CountArgs(i))];
    private IHost _host = null!;
    private IJobClient _jobs = null!;

    [GlobalSetup]
    public void Start()
    {
        var builder = Host.CreateEmptyApplicationBuilder(null);
        builder.Services.AddScoped<ScopedService>();
        builder.AddJobs(jobs => jobs.AddBenchmarksJobs().AddBroker("sink", _ => new SinkBroker()).Configure(options => options.Broker = "sink"));
        _host = builder.Build();
        _jobs = _host.Services.GetRequiredService<IJobClient>();
    }

    [GlobalCleanup]
    public void Stop() => _host.Dispose();

    [Benchmark(Baseline = true)]
    public ValueTask<JobHandle> One() => _jobs.StaticJobs.Count(1);

    [Benchmark]
    public ValueTask<JobHandle> OneWithOptions() => _jobs.StaticJobs.Count(1, Options);

    [Benchmark(OperationsPerInvoke = Bulk)]
    public ValueTask<IReadOnlyList<JobHandle>> Many() => _jobs.EnqueueManyAsync(_args);
}
