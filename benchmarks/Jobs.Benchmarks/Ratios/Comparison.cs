using System.Globalization;

namespace Jobs.Benchmarks.Ratios;

/// <summary>Runs paths in turns, round after round, and compares each with the first one of the same round.</summary>
/// <remarks>The machine's mood changes from second to second; what it is worth within a round hardly does. So ratios are taken per
/// round, and their median is the result.</remarks>
internal static class Comparison
{
    public static async Task RunAsync(string title, RatioOptions options, params IBenchPath[] paths)
    {
        for (var i = 0; i < options.Warmup; i++)
        {
            await RoundAsync(paths, options);
        }

        var rounds = new List<Measurement[]>();
        for (var i = 0; i < options.Rounds; i++)
        {
            rounds.Add(await RoundAsync(paths, options));
            Progress($"{title}: round {i + 1} of {options.Rounds}");
        }

        Progress("");
        Print(title, paths, rounds);
    }

    private static async Task<Measurement[]> RoundAsync(IBenchPath[] paths, RatioOptions options)
    {
        var round = new Measurement[paths.Length];
        for (var i = 0; i < paths.Length; i++)
        {
            round[i] = await Measurement.OfAsync(paths[i], paths[i].IsSlow ? options.SlowJobs : options.Jobs, options.ServerProcessId);
        }

        return round;
    }

    private static void Print(string title, IBenchPath[] paths, List<Measurement[]> rounds)
    {
        Console.WriteLine(string.Create(CultureInfo.InvariantCulture, $"\n### {title} ({rounds.Count} rounds)\n"));
        Console.WriteLine("| path | per second | ratio: median (min–max) | wall ns | CPU ns | CPU ratio | server CPU ns | bytes |");
        Console.WriteLine("|---|--:|--:|--:|--:|--:|--:|--:|");
        for (var i = 0; i < paths.Length; i++)
        {
            var own = rounds.ConvertAll(round => round[i]);
            var ratios = rounds.ConvertAll(round => round[i].PerSecond / round[0].PerSecond);
            var cpuRatio = rounds.Select(round => round[0].CpuNanoseconds / round[i].CpuNanoseconds).Median();
            var server = own[0].ServerNanoseconds is null ? "" : own.Select(m => m.ServerNanoseconds!.Value).Median().ToString("N0", CultureInfo.InvariantCulture);
            Console.WriteLine(string.Create(
                CultureInfo.InvariantCulture,
                $"| {paths[i].Name} | {own.Select(m => m.PerSecond).Median():N0} | {ratios.Median():P1} ({ratios.Min():P1}–{ratios.Max():P1}) | {own.Select(m => m.Nanoseconds).Median():N0} | {own.Select(m => m.CpuNanoseconds).Median():N0} | {cpuRatio:P1} | {server} | {own.Select(m => m.Bytes).Median():N1} |"));
        }
    }

    private static void Progress(string text)
    {
        if (!Console.IsErrorRedirected)
        {
            Console.Error.Write($"\r{text,-60}\r");
        }
    }
}
