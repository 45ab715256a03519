using System.Diagnostics;

namespace Jobs.Benchmarks.Ratios;

/// <summary>What one path did in one round, per job.</summary>
internal readonly record struct Measurement(double Nanoseconds, double CpuNanoseconds, double? ServerNanoseconds, double Bytes)
{
    public double PerSecond => 1e9 / Nanoseconds;

    /// <remarks>CPU time and allocations are the whole process's: whatever a path does in the background counts.</remarks>
    public static async Task<Measurement> OfAsync(IBenchPath path, int jobs, int? serverProcessId)
    {
        await path.PrepareAsync(jobs);

        // What the path before left behind must not be collected at this one's expense.
        GC.Collect();
        GC.WaitForPendingFinalizers();
        var bytes = GC.GetTotalAllocatedBytes(precise: true);
        using var server = serverProcessId is { } id ? Process.GetProcessById(id) : null;
        var serverCpu = server?.TotalProcessorTime;
        var cpu = Environment.CpuUsage.TotalTime;
        var start = Stopwatch.GetTimestamp();
        await path.RunAsync(jobs);
        var elapsed = Stopwatch.GetElapsedTime(start);
        cpu = Environment.CpuUsage.TotalTime - cpu;
        bytes = GC.GetTotalAllocatedBytes(precise: true) - bytes;
        server?.Refresh();
        serverCpu = server?.TotalProcessorTime - serverCpu;
        await path.RestAsync();
        return new(elapsed.TotalNanoseconds / jobs, cpu.TotalNanoseconds / jobs, serverCpu?.TotalNanoseconds / jobs, (double)bytes / jobs);
    }
}
