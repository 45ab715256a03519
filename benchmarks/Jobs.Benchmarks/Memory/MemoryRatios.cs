using Jobs.Benchmarks.Ratios;
using Jobs.Benchmarks.Workload;
using Jobs.Memory;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Hosting;

namespace Jobs.Benchmarks.Memory;

/// <summary>Enqueue to executed.</summary>
internal static class MemoryRatios
{
    public static async Task RunAsync(RatioOptions options)
    {
        Machine.Print(options);
        using var host = await JobsHost.StartAsync(options.Workers);
        var jobs = host.Services.GetRequiredService<IJobClient>();

        await using (var channel = new ChannelPath("bounded channel", options.Workers, StaticJobs.Count))
        await using (var plain = new JobsPath("Jobs: static job", value => jobs.StaticJobs.Count(value)))
        await using (var token = new JobsPath("Jobs: static job, token and timeout", value => jobs.StaticJobs.CountWithToken(value)))
        {
            if (options.Only)
            {
                await Comparison.RunAsync("Static job", options, channel, plain, token);
            }
            else
            {
                await using var massTransit = await MassTransitPath.StartAsync(options.Workers);
                await using var quartz = await QuartzPath.StartAsync<QuartzPath.CountJob>(options.Workers);
                await Comparison.RunAsync("Static job", options, channel, plain, token, massTransit, quartz);
            }
        }

        await using (var channel = new ChannelPath("bounded channel, async scope, one resolve", options.Workers, ScopedCall(host.Services)))
        await using (var instance = new JobsPath("Jobs: instance job", value => jobs.ScopedJobs.Count(value)))
        {
            await Comparison.RunAsync("Instance job with a scope and two scoped services", options, channel, instance);
        }

        await host.StopAsync();
    }

    /// <summary>What a store costs, and then status, where jobs do nothing.</summary>
    public static async Task RunStatusAsync(RatioOptions options)
    {
        Machine.Print(options);
        // The broker by another name does not bring its store.
        using var alone = await JobsHost.StartAsync(options.Workers, static jobs => jobs
            .AddBroker("alone", static services => new MemoryBroker(services.GetRequiredService<TimeProvider>()))
            .Configure(static settings => settings.Broker = "alone"));
        using var off = await JobsHost.StartAsync(options.Workers);
        using var on = await JobsHost.StartAsync(options.Workers, static jobs => jobs.Configure(static settings => settings.Status.Enabled = true));
        await using (var without = PathOf("Jobs, no store", alone))
        await using (var statusOff = PathOf("Jobs, status off", off))
        await using (var statusOn = PathOf("Jobs, status on", on))
        {
            await Comparison.RunAsync("Static job with status", options, without, statusOff, statusOn);
        }

        await Task.WhenAll(alone.StopAsync(), off.StopAsync(), on.StopAsync());

        static JobsPath PathOf(string name, IHost host)
        {
            var jobs = host.Services.GetRequiredService<IJobClient>();
            return new JobsPath(name, value => jobs.StaticJobs.Count(value));
        }
    }

    /// <summary>Runs one path over and over, for a profiler.</summary>
    public static async Task ProfileAsync(string path, RatioOptions options)
    {
        using var host = await JobsHost.StartAsync(options.Workers);
        var jobs = host.Services.GetRequiredService<IJobClient>();
        await using IBenchPath profiled = path switch
        {
            "channel" => new ChannelPath("channel", options.Workers, StaticJobs.Count),
            "static" => new JobsPath("static", value => jobs.StaticJobs.Count(value)),
            "token" => new JobsPath("token", value => jobs.StaticJobs.CountWithToken(value)),
            "instance" => new JobsPath("instance", value => jobs.ScopedJobs.Count(value)),
            _ => throw new ArgumentException($"Unknown path {path}."),
        };
        await Comparison.RunAsync(path, options, profiled);

        // Only now: the events would cost the rounds above.
        using (var allocated = new AllocatedTypes())
        {
            await profiled.RunAsync(options.Jobs * 4);
            Console.WriteLine("\nAllocated, by sampled bytes:");
            allocated.Print();
        }

        await host.StopAsync();
    }

    private static Func<int, ValueTask> ScopedCall(IServiceProvider services)
    {
        var scopes = services.GetRequiredService<IServiceScopeFactory>();
        return async value =>
        {
            await using var scope = scopes.CreateAsyncScope();
            await scope.ServiceProvider.GetRequiredService<ScopedJobs>().Count(value);
        };
    }
}
