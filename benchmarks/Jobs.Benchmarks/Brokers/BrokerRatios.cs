using Jobs.Benchmarks.Memory;
using Jobs.Benchmarks.Ratios;

namespace Jobs.Benchmarks.Brokers;

/// <summary>What is measured alike on every broker.</summary>
internal static class BrokerRatios
{
    /// <summary>Enqueues and processes, against the bare client.</summary>
    /// <param name="name">The broker's.</param>
    /// <param name="bench">Its bench.</param>
    /// <param name="bareProcess">How the bare client processes.</param>
    /// <param name="options">How much, how often.</param>
    public static async Task RunAsync(string name, BrokerBench bench, IBenchPath bareProcess, RatioOptions options)
    {
        using (var producer = await bench.StartHostAsync(workers: null))
        {
            await Comparison.RunAsync($"{name}: bulk enqueue", options, new BareEnqueue(bench), new JobsBulkEnqueue(bench, producer));
            await Comparison.RunAsync($"{name}: single enqueue", options with { Jobs = options.Jobs / 10 }, new BareEnqueue(bench), new JobsSingleEnqueue(bench, producer, 100), new JobsSingleEnqueue(bench, producer, 1));
            await producer.StopAsync();
        }

        foreach (var concurrency in (int[])[100, 10, 1])
        {
            await Comparison.RunAsync($"{name}: process, concurrency {concurrency}", options, bareProcess, new JobsProcess(bench, concurrency));
        }
    }

    /// <summary>Processes with a record for each job, against the same without: jobs that do nothing, and jobs of 5 ms.</summary>
    public static async Task RunStatusAsync(string name, BrokerBench bench, RatioOptions options)
    {
        await Comparison.RunAsync(
            $"{name}: process with status, concurrency 100", options, new JobsStatusProcess(bench, 100, status: false, waits: false), new JobsStatusProcess(bench, 100, status: true, waits: false));
        await Comparison.RunAsync(
            $"{name}: process jobs of 5 ms with status, concurrency 32",
            options with { Jobs = options.Jobs / 20 },
            new JobsStatusProcess(bench, 32, status: false, waits: true),
            new JobsStatusProcess(bench, 32, status: true, waits: true));
    }

    /// <summary>Runs one path for a profiler, then names the types that it allocates.</summary>
    public static async Task ProfileAsync(string path, BrokerBench bench, RatioOptions options)
    {
        bench.Reset();
        using var producer = await bench.StartHostAsync(workers: null);
        await using IBenchPath profiled = path.Split('-')[1] switch
        {
            "enqueue" => new JobsBulkEnqueue(bench, producer),
            "status" => new JobsStatusProcess(bench, 100, status: true, waits: false),
            _ => new JobsProcess(bench, 100),
        };
        await Comparison.RunAsync(path, options, profiled);
        await profiled.PrepareAsync(options.Jobs);
        using var allocated = new AllocatedTypes();
        await profiled.RunAsync(options.Jobs);
        Console.WriteLine("\nAllocated, by sampled bytes:");
        allocated.Print();
    }
}
