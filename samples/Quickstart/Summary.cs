using System.Globalization;
using Spectre.Console;

namespace Quickstart;

/// <summary>What a person wants to know at the end.</summary>
public static class Summary
{
    private const int ReasonsShown = 10;

    /// <returns>The exit code: 0 if every file was recorded or is a dead letter with its reason, 1 if some were lost, 130 if the user stopped before the end.</returns>
    public static int Print(RunProgress progress, QuickstartArguments arguments)
    {
        var left = progress.FileCount - progress.DoneCount;
        var jobs = (2 * progress.RecordedCount) + progress.DeadLetters.Count;
        var table = new Table().Border(TableBorder.Rounded).HideHeaders().AddColumn("what").AddColumn(new TableColumn("value").RightAligned());
        Add("Files", Number(progress.FileCount));
        Add("Bytes", Number(progress.ByteCount));
        Add("Succeeded", Number(progress.RecordedCount));
        Add("Retried", Number(progress.RetryCount));
        Add("Dead-lettered", Number(progress.DeadLetters.Count));
        if (left > 0)
        {
            Add("Left undone", Number(left));
        }

        Add("Jobs per second", Number((long)(jobs / Math.Max(0.001, progress.Elapsed.TotalSeconds))));
        Add("Elapsed", string.Create(CultureInfo.InvariantCulture, $"{progress.Elapsed.TotalSeconds:N2} s"));
        AnsiConsole.Write(table);
        PrintReasons("dead letter", progress.DeadLetters.Select(entry => $"{entry.Job}: {entry.Reason}"));
        PrintReasons("folder skipped", progress.SkippedFolders.Select(entry => $"{entry.Folder}: {entry.Reason}"));
        Console.WriteLine($"CSV: {arguments.Output}");
        return left == 0 ? 0 : progress.Completed.IsCompleted ? 1 : 130;

        void Add(string what, string value) => table.AddRow(what, value);
    }

    private static void PrintReasons(string what, IEnumerable<string> reasons)
    {
        var all = reasons.ToList();
        foreach (var reason in all.Take(ReasonsShown))
        {
            Console.WriteLine($"{what}: {reason}");
        }

        if (all.Count > ReasonsShown)
        {
            Console.WriteLine($"… and {Number(all.Count - ReasonsShown)} more");
        }
    }

    private static string Number(long value) => value.ToString("N0", CultureInfo.InvariantCulture);
}
