using System.Globalization;
using System.Threading.Channels;
using Jobs.Benchmarks.Memory;
using Jobs.Benchmarks.Ratios;
using Jobs.Benchmarks.Workload;
using Microsoft.Extensions.DependencyInjection;
using Quartz;

namespace Jobs.Benchmarks.Latency;

/// <summary>Enqueue to start while nothing else happens.</summary>
internal static class LatencyRatios
{
    // Long enough for pool threads to stop spinning and sleep: an idle worker's are asleep.
    private static readonly TimeSpan Pause = TimeSpan.FromMilliseconds(3);

    public static async Task RunAsync(RatioOptions options)
    {
        Machine.Print(options);
        using var host = await JobsHost.StartAsync(options.Workers);
        var jobs = host.Services.GetRequiredService<IJobClient>();
        var channel = Channel.CreateBounded<int>(WindowedPath.Window);
        var consumer = Task.Run(() => ConsumeAsync(channel.Reader));
        var probes = new List<LatencyProbe>
        {
            new("bounded channel", () => channel.Writer.TryWrite(1)),
            new("Jobs: static job", () => jobs.StartJobs.Note(1).AsTask().GetAwaiter().GetResult()),
        };
        await using var massTransit = options.Only ? null : await MassTransitPath.StartAsync(options.Workers, static _ => StartJobs.Note(1).AsTask());
        await using var quartz = options.Only ? null : await QuartzPath.StartAsync<NoteJob>(options.Workers);
        if (massTransit is not null && quartz is not null)
        {
            probes.Add(new("MassTransit 8.5.12, in memory", () => massTransit.SendOneAsync(1).AsTask().GetAwaiter().GetResult()));
            probes.Add(new("Quartz 4.7.3, in memory", () => quartz.SendOneAsync(1).AsTask().GetAwaiter().GetResult()));
        }

        // A thread of its own: the prober must not be one of the threads that it waits for.
        await Task.Factory.StartNew(() => Run(probes, options), CancellationToken.None, TaskCreationOptions.LongRunning, TaskScheduler.Default);
        channel.Writer.Complete();
        await consumer;
        await host.StopAsync();
    }

    private static void Run(List<LatencyProbe> probes, RatioOptions options)
    {
        for (var i = 0; i < options.Warmup; i++)
        {
            Round(probes, options.Samples);
        }

        var rounds = Enumerable.Range(0, options.Rounds).Select(_ => Round(probes, options.Samples)).ToList();
        Console.WriteLine(string.Create(CultureInfo.InvariantCulture, $"\n### Idle enqueue to start ({options.Rounds} rounds of {options.Samples} samples)\n"));
        Console.WriteLine("| path | p50 µs | p99 µs | p50 ratio: median (min–max) |");
        Console.WriteLine("|---|--:|--:|--:|");
        for (var i = 0; i < probes.Count; i++)
        {
            var ratios = rounds.ConvertAll(round => round[i].P50 / round[0].P50);
            Console.WriteLine(string.Create(
                CultureInfo.InvariantCulture,
                $"| {probes[i].Name} | {rounds.Select(r => r[i].P50).Median():N1} | {rounds.Select(r => r[i].P99).Median():N1} | {ratios.Median():N2} ({ratios.Min():N2}–{ratios.Max():N2}) |"));
        }
    }

    // Sample by sample in turns, so that a bad moment of the machine meets all alike.
    private static (double P50, double P99)[] Round(List<LatencyProbe> probes, int samples)
    {
        var latencies = probes.ConvertAll(_ => new double[samples]);
        for (var sample = 0; sample < samples; sample++)
        {
            for (var i = 0; i < probes.Count; i++)
            {
                Thread.Sleep(Pause);
                latencies[i][sample] = Start.After(probes[i].Send).TotalMicroseconds;
            }
        }

        return [.. latencies.Select(l => (Statistics.Percentile(l, 0.5), Statistics.Percentile(l, 0.99)))];
    }

    private static async Task ConsumeAsync(ChannelReader<int> reader)
    {
        while (await reader.WaitToReadAsync())
        {
            while (reader.TryRead(out var value))
            {
                await StartJobs.Note(value);
            }
        }
    }

    public sealed class NoteJob : IJob
    {
        public ValueTask Execute(IJobExecutionContext context, CancellationToken cancellationToken) => StartJobs.Note(1);
    }
}
