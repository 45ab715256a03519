using System.Diagnostics;
using System.Text;

namespace Packages.Tests;

/// <summary>Runs the SDK's command line, and what it built.</summary>
internal static class Dotnet
{
    private static readonly TimeSpan Patience = TimeSpan.FromMinutes(8);

    public static Task<string> RunAsync(string folder, params string[] arguments) => StartAsync("dotnet", folder, arguments);

    /// <summary>Runs a program to its end.</summary>
    /// <returns>What it printed.</returns>
    /// <exception cref="InvalidOperationException">It failed, or did not end; the message holds what it printed.</exception>
    public static async Task<string> StartAsync(string program, string folder, params string[] arguments)
    {
        var start = new ProcessStartInfo(program, arguments) { WorkingDirectory = folder, RedirectStandardOutput = true, RedirectStandardError = true };
        start.Environment["DOTNET_CLI_UI_LANGUAGE"] = "en";
        start.Environment["DOTNET_NOLOGO"] = "1";

        // Of the run of the tests, which has nothing to do with the consumer's.
        start.Environment.Remove("MSBuildSDKsPath");
        using var process = new Process { StartInfo = start };
        var output = new StringBuilder();
        process.OutputDataReceived += (_, line) => Append(output, line.Data);
        process.ErrorDataReceived += (_, line) => Append(output, line.Data);
        process.Start();
        process.BeginOutputReadLine();
        process.BeginErrorReadLine();
        using var limit = CancellationTokenSource.CreateLinkedTokenSource(TestContext.Current.CancellationToken);
        limit.CancelAfter(Patience);
        try
        {
            await process.WaitForExitAsync(limit.Token);
        }
        catch (OperationCanceledException)
        {
            process.Kill(entireProcessTree: true);
            throw Failed("did not end in time");
        }

        return process.ExitCode == 0 ? output.ToString() : throw Failed($"ended with {process.ExitCode}");

        InvalidOperationException Failed(string how) =>
            new($"{program} {string.Join(' ', arguments)} in {folder} {how}:{Environment.NewLine}{output}");
    }

    private static void Append(StringBuilder output, string? line)
    {
        lock (output)
        {
            output.AppendLine(line);
        }
    }
}
