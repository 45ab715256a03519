using Jobs.Benchmarks.Brokers;
using Jobs.Benchmarks.Ratios;
using Jobs.Brokers.Conformance.Faults;
using Jobs.Brokers.Conformance.Servers;

namespace Jobs.Benchmarks.Sqs;

/// <summary>The SQS broker against bare loops with the same batches, on an emulator that is started for it.</summary>
internal static class SqsRatios
{
    public static async Task RunAsync(RatioOptions options)
    {
        Machine.Print(options);
        await using var server = await SqsServer.StartAsync(new SqsServerOptions { Persists = false });
        await using var bench = new SqsBench(server.Url);
        bench.Reset();
        using (var producer = await bench.StartHostAsync(workers: null))
        {
            await Comparison.RunAsync("SQS: bulk enqueue", options, new BareEnqueue(bench), new JobsBulkEnqueue(bench, producer));
            await producer.StopAsync();
        }

        await Comparison.RunAsync("SQS: process, concurrency 100", options, new BareSqsProcess(bench), new SqsJobsProcess(bench, 100));
        await CountRequestsAsync(server.Url, options.Jobs);
    }

    private static async Task CountRequestsAsync(Uri server, int jobs)
    {
        await using var counter = new HttpFaultProxy(server);
        await using var bench = new SqsBench(counter.Url);
        await using var path = new SqsJobsProcess(bench, 100);
        await path.PrepareAsync(jobs);
        await path.RunAsync(jobs);
        await path.RestAsync();
        Console.WriteLine("\nRequests per job, enqueued by the bare loop and processed at concurrency 100:");
        foreach (var (action, count) in counter.Requests.OrderByDescending(static action => action.Value))
        {
            Console.WriteLine(FormattableString.Invariant($"  {action,-32} {(double)count / jobs:N4}"));
        }
    }
}
