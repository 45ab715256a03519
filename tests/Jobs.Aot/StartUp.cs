using System.Diagnostics;
using Jobs.Aot.Running;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Hosting;
using Microsoft.Extensions.Logging;

namespace Jobs.Aot;

/// <summary>What a worker costs: measured once and printed, because another machine says otherwise.</summary>
internal static class StartUp
{
    /// <summary>Starts a worker with the defaults of the generic host, runs one job, and leaves the worker idle while memory is read.</summary>
    public static async Task MeasureAsync()
    {
        var builder = Host.CreateApplicationBuilder();
        builder.Logging.ClearProviders();
        CanaryHost.AddJobs(builder);
        using var host = await CanaryHost.StartAsync(builder);
        await new PlainJobsClient(host.Services.GetRequiredService<IJobClient>()).Start();
        var started = await PlainJobs.Started.WaitAsync(Canary.Patience);

        using var process = Process.GetCurrentProcess();
        process.Refresh();
        var program = new FileInfo(Environment.ProcessPath!);
        var published = program.Directory!.EnumerateFiles().Where(file => file.Extension is not (".pdb" or ".dbg")).Sum(file => file.Length);
        Console.WriteLine(string.Create(null, $"process start to first job: {(started - process.StartTime).TotalMilliseconds:0} ms"));
        Console.WriteLine(string.Create(null, $"resident memory, worker idle: {process.WorkingSet64 / 1e6:0.0} MB"));
        Console.WriteLine(string.Create(null, $"program: {program.Length / 1e6:0.0} MB, all files: {published / 1e6:0.0} MB"));
        await host.StopAsync();
    }
}
