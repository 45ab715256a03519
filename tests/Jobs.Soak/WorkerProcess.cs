using System.Diagnostics;

namespace Jobs.Soak;

/// <summary>One process that runs jobs, with its log.</summary>
internal sealed class WorkerProcess : IDisposable
{
    private readonly Process _process;

    private WorkerProcess(int number, string log, Process process) => (Number, Log, _process) = (number, log, process);

    public int Number { get; }

    public string Log { get; }

    /// <summary>Starts one; its errors go to ours.</summary>
    public static WorkerProcess Start(int number, string server, string folder, SoakOptions options)
    {
        var log = Path.Combine(folder, $"{number}.log");
        string[] arguments = ["exec", typeof(WorkerProcess).Assembly.Location, "worker", options.Broker, server, log, options.Lease.ToString("c")];
        var start = new ProcessStartInfo("dotnet", arguments) { RedirectStandardOutput = true, RedirectStandardError = true };
        var process = Process.Start(start) ?? throw new InvalidOperationException("dotnet did not start.");
        process.OutputDataReceived += static (_, _) => { };
        process.ErrorDataReceived += static (_, line) => Console.Error.Write(line.Data is { } text ? $"{text}\n" : "");
        process.BeginOutputReadLine();
        process.BeginErrorReadLine();
        return new WorkerProcess(number, log, process);
    }

    /// <summary>SIGKILL.</summary>
    public async Task KillAsync()
    {
        _process.Kill();
        await _process.WaitForExitAsync();
    }

    /// <summary>SIGTERM, then a drain.</summary>
    /// <returns>False if it ended with an error.</returns>
    /// <exception cref="OperationCanceledException">It did not end in time.</exception>
    public async Task<bool> StopAsync(TimeSpan patience)
    {
        using var kill = Process.Start("kill", ["-TERM", $"{_process.Id}"]);
        using var timeout = new CancellationTokenSource(patience);
        await _process.WaitForExitAsync(timeout.Token);
        // Before it has a host that hears of the signal, it ends by it.
        return _process.ExitCode is 0 or 128 + 15;
    }

    public void Dispose()
    {
        if (!_process.HasExited)
        {
            _process.Kill();
        }

        _process.Dispose();
    }
}
