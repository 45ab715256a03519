using Jobs.Benchmarks.Brokers;
using Jobs.Benchmarks.Latency;
using Jobs.Benchmarks.Memory;
using Jobs.Benchmarks.Ratios;
using Jobs.Benchmarks.Workload;
using Jobs.Brokers.Conformance.Servers;
using Microsoft.Extensions.DependencyInjection;

namespace Jobs.Benchmarks.Nats;

/// <summary>The NATS broker against a bare loop, on a server that is started for it: file storage, one replica.</summary>
internal static class NatsRatios
{
    public static async Task RunAsync(RatioOptions options)
    {
        Machine.Print(options);
        await using var server = await NatsServer.StartAsync(null);
        await using var bench = await NatsBench.StartAsync(server.EndPoint);
        using (var producer = await bench.StartHostAsync(workers: null))
        {
            await Comparison.RunAsync("NATS: bulk enqueue", options, new BareEnqueue(bench), new JobsBulkEnqueue(bench, producer));
            await Comparison.RunAsync("NATS: single enqueue", options with { Jobs = options.Jobs / 10 }, new BareEnqueue(bench), new JobsSingleEnqueue(bench, producer, 100), new JobsSingleEnqueue(bench, producer, 1));
            await producer.StopAsync();
        }

        foreach (var concurrency in (int[])[100, 10, 1])
        {
            await Comparison.RunAsync($"NATS: process, concurrency {concurrency}", options, new BareNatsProcess(bench, 1_000), new JobsProcess(bench, concurrency));
        }

        await CompareLatencyAsync(bench, options);
    }

    /// <summary>Runs one path for a profiler, then names the types that it allocates.</summary>
    public static async Task ProfileAsync(string path, RatioOptions options)
    {
        await using var server = await NatsServer.StartAsync(null);
        await using var bench = await NatsBench.StartAsync(server.EndPoint);
        using var producer = await bench.StartHostAsync(workers: null);
        await using IBenchPath profiled = path == "nats-enqueue" ? new JobsBulkEnqueue(bench, producer) : new JobsProcess(bench, 100);
        await Comparison.RunAsync(path, options, profiled);
        await profiled.PrepareAsync(options.Jobs);
        using var allocated = new AllocatedTypes();
        await profiled.RunAsync(options.Jobs);
        Console.WriteLine("\nAllocated, by sampled bytes:");
        allocated.Print();
    }

    private static async Task CompareLatencyAsync(NatsBench bench, RatioOptions options)
    {
        bench.Reset();
        using var host = await bench.StartHostAsync(10);
        var jobs = host.Services.GetRequiredService<StartJobsClient>();
        await using var bare = await BareNatsWake.StartAsync(bench);
        List<LatencyProbe> probes =
        [
            new("bare pull", bare.Send),
            new("Jobs: static job", () => jobs.Note(1).AsTask().GetAwaiter().GetResult()),
        ];
        // 200 jobs a second.
        await LatencyComparison.RunAsync("NATS: enqueue to start", TimeSpan.FromMilliseconds(5), probes, options);
        await host.StopAsync();
    }
}
