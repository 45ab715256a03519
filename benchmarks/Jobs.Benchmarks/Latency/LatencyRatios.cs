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

        await LatencyComparison.RunAsync("Idle enqueue to start", TimeSpan.FromMilliseconds(3), probes, options);
        channel.Writer.Complete();
        await consumer;
        await host.StopAsync();
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
