using Jobs.Benchmarks.Workload;
using Microsoft.Extensions.DependencyInjection;
using Quartz;

namespace Jobs.Benchmarks.Memory;

/// <summary>Quartz with its in-memory store: one durable job, triggered with a number each time.</summary>
internal sealed class QuartzPath : WindowedPath
{
    private static readonly JobKey Key = new("count");

    private readonly ServiceProvider _services;
    private readonly IScheduler _scheduler;

    private QuartzPath(ServiceProvider services, IScheduler scheduler)
        : base("Quartz 4.7.3, in memory") => (_services, _scheduler) = (services, scheduler);

    public override bool IsSlow => true;

    public static async Task<QuartzPath> StartAsync<TJob>(int workers)
        where TJob : IJob
    {
        var services = new ServiceCollection()
            .AddLogging()
            .AddQuartz(quartz => quartz.UseDefaultThreadPool(workers))
            .BuildServiceProvider();
        var scheduler = await services.GetRequiredService<ISchedulerFactory>().GetScheduler();
        await scheduler.AddJob(JobBuilder.Create<TJob>().WithIdentity(Key).StoreDurably().Build(), new AddJobOptions());
        await scheduler.Start();
        return new QuartzPath(services, scheduler);
    }

    public override async ValueTask DisposeAsync()
    {
        await _scheduler.Shutdown();
        await _services.DisposeAsync();
    }

    protected override ValueTask SendAsync(int value) => _scheduler.TriggerJob(Key, new JobDataMap { ["value"] = value });

    public ValueTask SendOneAsync(int value) => SendAsync(value);

    public sealed class CountJob : IJob
    {
        public ValueTask Execute(IJobExecutionContext context, CancellationToken cancellationToken) =>
            StaticJobs.Count((int)context.MergedJobDataMap["value"]!);
    }
}
