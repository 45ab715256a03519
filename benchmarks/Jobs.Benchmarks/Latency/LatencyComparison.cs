using System.Globalization;
using Jobs.Benchmarks.Ratios;
using Jobs.Benchmarks.Workload;

namespace Jobs.Benchmarks.Latency;

/// <summary>Measures probes sample by sample in turns, and compares each with the first one of the same round.</summary>
internal static class LatencyComparison
{
    /// <param name="title">Heads the table.</param>
    /// <param name="pause">Between two samples; 3 ms are long enough for pool threads to stop spinning and sleep: an idle worker's are asleep.</param>
    /// <param name="probes">The first one is what the others are compared with.</param>
    /// <param name="options">How many rounds of how many samples.</param>
    // A thread of its own: the prober must not be one of the threads that it waits for.
    public static Task RunAsync(string title, TimeSpan pause, List<LatencyProbe> probes, RatioOptions options) => Task.Factory.StartNew(
        () => Run(title, pause, probes, options), CancellationToken.None, TaskCreationOptions.LongRunning, TaskScheduler.Default);

    private static void Run(string title, TimeSpan pause, List<LatencyProbe> probes, RatioOptions options)
    {
        for (var i = 0; i < options.Warmup; i++)
        {
            Round(probes, pause, options.Samples);
        }

        var rounds = Enumerable.Range(0, options.Rounds).Select(_ => Round(probes, pause, options.Samples)).ToList();
        Console.WriteLine(string.Create(CultureInfo.InvariantCulture, $"\n### {title} ({options.Rounds} rounds of {options.Samples} samples)\n"));
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
    private static (double P50, double P99)[] Round(List<LatencyProbe> probes, TimeSpan pause, int samples)
    {
        var latencies = probes.ConvertAll(_ => new double[samples]);
        for (var sample = 0; sample < samples; sample++)
        {
            for (var i = 0; i < probes.Count; i++)
            {
                Thread.Sleep(pause);
                latencies[i][sample] = Start.After(probes[i].Send).TotalMicroseconds;
            }
        }

        return [.. latencies.Select(l => (Statistics.Percentile(l, 0.5), Statistics.Percentile(l, 0.99)))];
    }
}
