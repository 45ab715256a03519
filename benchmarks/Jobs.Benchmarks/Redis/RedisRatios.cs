using System.Globalization;
using Jobs.Benchmarks.Brokers;
using Jobs.Benchmarks.Latency;
using Jobs.Benchmarks.Ratios;
using Jobs.Benchmarks.Workload;
using Jobs.Brokers.Conformance.Servers;
using Jobs.Brokers.Redis;
using Jobs.Brokers.Redis.Protocol;
using Microsoft.Extensions.DependencyInjection;

namespace Jobs.Benchmarks.Redis;

/// <summary>The Redis broker against a bare loop, on a server that is started for it: no append-only file, default settings else.</summary>
internal static class RedisRatios
{
    public static async Task RunAsync(RatioOptions options)
    {
        Machine.Print(options);
        await using var server = await RedisServer.StartAsync(new RedisServerOptions { AppendOnly = false });
        var bench = new RedisBench(server.EndPoint);
        await BrokerRatios.RunAsync("Redis", bench, new BareRedisProcess(bench, 1_000), options with { ServerProcessId = server.ProcessId });
        await PrintRoundTripsAsync(bench, options.Jobs);
        await CompareLatencyAsync(bench, options);
    }

    public static async Task RunLatencyAsync(RatioOptions options)
    {
        Machine.Print(options);
        await using var server = await RedisServer.StartAsync(new RedisServerOptions { AppendOnly = false });
        await CompareLatencyAsync(new RedisBench(server.EndPoint), options);
    }

    public static async Task RunStatusAsync(RatioOptions options)
    {
        Machine.Print(options);
        await using var server = await RedisServer.StartAsync(new RedisServerOptions { AppendOnly = false });
        await BrokerRatios.RunStatusAsync("Redis", new RedisBench(server.EndPoint), options with { ServerProcessId = server.ProcessId });
    }

    public static async Task ProfileAsync(string path, RatioOptions options)
    {
        await using var server = await RedisServer.StartAsync(new RedisServerOptions { AppendOnly = false });
        await BrokerRatios.ProfileAsync(path, new RedisBench(server.EndPoint), options);
    }

    private static async Task PrintRoundTripsAsync(RedisBench bench, int jobs)
    {
        var path = new JobsProcess(bench, 100);
        await path.PrepareAsync(jobs);
        using var redis = bench.Connect();
        redis.Call(RespCommand.Rent("CONFIG"u8).Add("RESETSTAT"u8));
        await path.RunAsync(jobs);
        var commands = redis.Call(RespCommand.Rent("INFO"u8).Add("commandstats"u8)).ReadString().Split("\r\n")
            .Where(static line => line.StartsWith("cmdstat_evalsha:", StringComparison.Ordinal) || line.StartsWith("cmdstat_xreadgroup:", StringComparison.Ordinal))
            .Sum(static line => long.Parse(line.Split("calls=")[1].Split(',')[0], CultureInfo.InvariantCulture));
        Console.WriteLine(string.Create(CultureInfo.InvariantCulture, $"\nReads and scripts per job processed at concurrency 100: {(double)commands / jobs:N4}"));
    }

    private static async Task CompareLatencyAsync(RedisBench bench, RatioOptions options)
    {
        bench.Reset();
        using var host = await bench.StartHostAsync(10);
        var jobs = host.Services.GetRequiredService<StartJobsClient>();
        var keys = new QueueKeys("bare", "default");
        var stream = keys.Streams[1];
        var producer = keys.Producer("bare");
        var number = 0L;
        using var sender = bench.Connect();
        using var receiver = bench.Connect();
        sender.Call(RespCommand.Rent("XGROUP"u8).Add("CREATE"u8).Key(stream).Add(QueueKeys.Group).Add("0"u8).Add("MKSTREAM"u8));
        var isEnding = false;
        var reading = Task.Factory.StartNew(
            () =>
            {
                while (!Volatile.Read(ref isEnding))
                {
                    var reply = receiver.Call(RespCommand.Rent("XREADGROUP"u8).Add("GROUP"u8).Add(QueueKeys.Group).Add("bare"u8)
                        .Add("COUNT"u8).Add(1).Add("BLOCK"u8).Add(500).Add("STREAMS"u8).Key(stream).Add(">"u8));
                    if (!reply.TryReadNull())
                    {
                        Start.Note();
                    }
                }
            },
            CancellationToken.None,
            TaskCreationOptions.LongRunning,
            TaskScheduler.Default);
        List<LatencyProbe> probes =
        [
            new("bare blocking read", () => sender.Call(RespCommand.Rent("XADD"u8).Key(stream).Add("*"u8).Add("d"u8).Add(BrokerBench.Document))),
            new("bare blocking read, sent by the broker's script", () => sender.Call(RedisBench.SendCommand(keys, producer, ++number, 1))),
            new("Jobs: static job", () => jobs.Note(1).AsTask().GetAwaiter().GetResult()),
        ];
        // 200 jobs a second.
        await LatencyComparison.RunAsync("Redis: enqueue to start", TimeSpan.FromMilliseconds(5), probes, options);
        Volatile.Write(ref isEnding, true);
        await reading;
        await host.StopAsync();
    }
}
