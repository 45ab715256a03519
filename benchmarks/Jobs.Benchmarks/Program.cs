using BenchmarkDotNet.Running;
using Jobs.Benchmarks.Latency;
using Jobs.Benchmarks.Memory;
using Jobs.Benchmarks.Nats;
using Jobs.Benchmarks.Ratios;
using Jobs.Benchmarks.Redis;
using Jobs.Benchmarks.Serializer;
using Jobs.Benchmarks.Sqs;

switch (args)
{
    case ["ratios", "memory", .. var rest]:
        await MemoryRatios.RunAsync(RatioOptions.Parse(rest));
        return 0;
    case ["ratios", "memory-status", .. var rest]:
        await MemoryRatios.RunStatusAsync(RatioOptions.Parse(rest));
        return 0;
    case ["ratios", "latency", .. var rest]:
        await LatencyRatios.RunAsync(RatioOptions.Parse(rest));
        return 0;
    case ["ratios", "serializer", .. var rest]:
        await SerializerRatios.RunAsync(RatioOptions.Parse(rest));
        return 0;
    case ["ratios", "redis", .. var rest]:
        await RedisRatios.RunAsync(RatioOptions.Parse(rest));
        return 0;
    case ["ratios", "redis-latency", .. var rest]:
        await RedisRatios.RunLatencyAsync(RatioOptions.Parse(rest));
        return 0;
    case ["ratios", "redis-status", .. var rest]:
        await RedisRatios.RunStatusAsync(RatioOptions.Parse(rest));
        return 0;
    case ["ratios", "nats", .. var rest]:
        await NatsRatios.RunAsync(RatioOptions.Parse(rest));
        return 0;
    case ["ratios", "nats-process", .. var rest]:
        await NatsRatios.RunProcessAsync(RatioOptions.Parse(rest));
        return 0;
    case ["ratios", "nats-status", .. var rest]:
        await NatsRatios.RunStatusAsync(RatioOptions.Parse(rest));
        return 0;
    case ["ratios", "sqs", .. var rest]:
        await SqsRatios.RunAsync(RatioOptions.Parse(rest));
        return 0;
    case ["profile", ("nats-enqueue" or "nats-process" or "nats-status") and var path, .. var rest]:
        await NatsRatios.ProfileAsync(path, RatioOptions.Parse(rest));
        return 0;
    case ["profile", ("redis-enqueue" or "redis-process" or "redis-status") and var path, .. var rest]:
        await RedisRatios.ProfileAsync(path, RatioOptions.Parse(rest));
        return 0;
    case ["profile", var path, .. var rest]:
        await MemoryRatios.ProfileAsync(path, RatioOptions.Parse(rest));
        return 0;
    case ["bdn", .. var rest]:
        BenchmarkSwitcher.FromAssembly(typeof(Program).Assembly)
            .Run(rest is [var filter, .. var options] && filter[0] != '-' ? ["--filter", $"*{filter}*", .. options] : ["--filter", "*", .. rest], Jobs.Benchmarks.Bdn.InProcess.Config);
        return 0;
    default:
        Console.Error.WriteLine("""
            ratios memory      Enqueue to executed, against channels, MassTransit and Quartz.
            ratios memory-status  What a store costs while status is off, and status itself.
            ratios latency     Enqueue to start on an idle host, likewise.
            ratios serializer  The generated serializer against System.Text.Json source generation.
            ratios redis       Enqueue, process and latency on a Redis of its own, against a bare loop with the same commands.
            ratios redis-latency  Of these only the latency.
            ratios redis-status  Processing on a Redis of its own with a record for each job, against the same without.
            ratios nats        As 'ratios redis', on a NATS of its own.
            ratios nats-process  Of these only processing at concurrency 100.
            ratios nats-status  As 'ratios redis-status', on a NATS of its own.
            ratios sqs         Bulk enqueue, process and requests per job on an emulator of SQS.
            profile PATH       Runs one path for a profiler: channel, static, token, instance, {redis,nats}-{enqueue,process,status}.
            bdn [FILTER]       BenchmarkDotNet: Serialization, Enqueue, MemoryBrokerRoundTrip, Dispatch, GeneratorColdAndCached, CronNext.

            Options of ratios and profile: --rounds N  --warmup N  --jobs N  --slow-jobs N  --workers N  --samples N  --only
            """);
        return 2;
}
