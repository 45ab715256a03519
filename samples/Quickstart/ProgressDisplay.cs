using System.Globalization;
using Spectre.Console;

namespace Quickstart;

/// <summary>Shows the progress: a bar with rate and time left on a terminal, a line a second otherwise.</summary>
public static class ProgressDisplay
{
    private static readonly TimeSpan Refresh = TimeSpan.FromMilliseconds(100);

    public static Task ShowAsync(RunProgress progress, CancellationToken stopping) =>
        AnsiConsole.Profile.Capabilities.Interactive && !Console.IsOutputRedirected ? ShowBarAsync(progress, stopping) : ShowLinesAsync(progress);

    private static Task ShowBarAsync(RunProgress progress, CancellationToken stopping) =>
        AnsiConsole.Progress()
            .Columns(new TaskDescriptionColumn { Alignment = Justify.Left }, new ProgressBarColumn(), new PercentageColumn(), new RemainingTimeColumn())
            .StartAsync(async context =>
            {
                var bar = context.AddTask("Looking for files");
                do
                {
                    bar.MaxValue = Math.Max(1, progress.FileCount);
                    bar.Value = progress.DoneCount;
                    bar.Description = stopping.IsCancellationRequested ? "Draining" : $"{Describe(progress)}";
                }
                while (!await EndsSoonAsync(progress));

                bar.Value = progress.DoneCount;
                bar.Description = Describe(progress);
            });

    private static async Task ShowLinesAsync(RunProgress progress)
    {
        var next = TimeSpan.FromSeconds(1);
        while (!await EndsSoonAsync(progress))
        {
            if (progress.Elapsed >= next)
            {
                next += TimeSpan.FromSeconds(1);
                Console.WriteLine(Describe(progress));
            }
        }
    }

    private static string Describe(RunProgress progress) => string.Create(
        CultureInfo.InvariantCulture,
        $"{progress.DoneCount:N0} of {progress.FileCount:N0} files, {progress.DoneCount / Math.Max(0.001, progress.Elapsed.TotalSeconds):N0}/s");

    private static async Task<bool> EndsSoonAsync(RunProgress progress) =>
        await Task.WhenAny(progress.Stopped, Task.Delay(Refresh)) == progress.Stopped;
}
