using Jobs.Benchmarks.Brokers;
using Jobs.Benchmarks.Latency;
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
        await BrokerRatios.RunAsync("NATS", bench, new BareNatsProcess(bench, 1_000), options with { ServerProcessId = server.ProcessId });
        await CompareLatencyAsync(bench, options);
    }

    /// <summary>Only processing, at the concurrency that the budget names.</summary>
    public static async Task RunProcessAsync(RatioOptions options)
    {
        Machine.Print(options);
        await using var server = await NatsServer.StartAsync(null);
        await using var bench = await NatsBench.StartAsync(server.EndPoint);
        await Comparison.RunAsync("NATS: process, concurrency 100", options with { ServerProcessId = server.ProcessId }, new BareNatsProcess(bench, 1_000), new JobsProcess(bench, 100));
    }

    public static async Task RunStatusAsync(RatioOptions options)
    {
        Machine.Print(options);
        await using var server = await NatsServer.StartAsync(null);
        await using var bench = await NatsBench.StartAsync(server.EndPoint);
        await BrokerRatios.RunStatusAsync("NATS", bench, options with { ServerProcessId = server.ProcessId });
    }

    public static async Task ProfileAsync(string path, RatioOptions options)
    {
        await using var server = await NatsServer.StartAsync(null);
        await using var bench = await NatsBench.StartAsync(server.EndPoint);
        await BrokerRatios.ProfileAsync(path, bench, options);
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
