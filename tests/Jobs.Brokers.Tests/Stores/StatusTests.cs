using Jobs.Monitoring;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Hosting;

namespace Jobs.Brokers.Tests.Stores;

/// <summary>Status, results, cancelling and schedules between processes on one store.</summary>
public abstract class StatusTests<TServers>(TServers servers) : StoreTests<TServers>(servers)
    where TServers : StoreServers
{
    protected override Dictionary<string, string?> Settings => new() { ["Jobs:Status:Enabled"] = "true", ["Jobs:Status:KeepSucceeded"] = "100000" };

    [Fact]
    [Trait("Requirement", "10")]
    public async Task A_result_wakes_its_caller_and_is_found_by_another_process()
    {
        var producer = await StartAsync(works: false);
        var handle = await Client(producer).EnqueueAsync<StoreJobsClient.AddArgs, int>(new(2, 3), new() { CorrelationId = "order-7" }, Token);
        var waiting = handle.ResultAsync(Patience, Token).AsTask();
        await StartAsync();

        Assert.Equal(5, await waiting);
        var restarted = await StartAsync(works: false);
        Assert.Equal(5, await Client(restarted).GetHandle<StoreJobsClient.AddArgs, int>(handle.Id).ResultAsync(Patience, Token));
        var status = await UntilAsync(restarted, handle.Id, JobState.Succeeded);
        Assert.Equal(("5", "order-7", "store.add"), (System.Text.Encoding.UTF8.GetString(status.Result.Span), status.CorrelationId, status.Name));
    }

    [Fact]
    [Trait("Scenario", "71")]
    public async Task S71_any_process_cancels_what_another_one_runs()
    {
        var worker = await StartAsync();
        var producer = await StartAsync(works: false);
        var handle = await Client(producer).EnqueueAsync(new StoreJobsClient.EndlessArgs(), cancellationToken: Token);
        var running = await UntilAsync(producer, handle.Id, JobState.Running);
        Assert.Equal(new JobProgress(1, 3, null), running.Progress);

        Assert.Equal(JobCancelStatus.Requested, await Client(producer).CancelAsync(handle.Id, Token));

        await UntilAsync(producer, handle.Id, JobState.Cancelled);
        Assert.Equal(JobCancelStatus.AlreadyEnded, await Client(worker).CancelAsync(handle.Id, Token));
    }

    [Fact]
    public async Task All_jobs_of_a_burst_are_counted_and_listed()
    {
        const int Count = 2_000;
        var worker = await StartAsync();
        await Client(worker).EnqueueManyAsync(Enumerable.Range(0, Count).Select(static value => new StoreJobsClient.NothingArgs(value)), cancellationToken: Token);
        var monitor = worker.Services.GetRequiredService<IJobMonitor>();
        var started = TimeProvider.System.GetTimestamp();
        IReadOnlyDictionary<JobState, long> counts;
        do
        {
            counts = await monitor.CountAsync("store.nothing", Token);
        }
        while ((counts[JobState.Pending] > 0 || counts[JobState.Succeeded] < Count) && TimeProvider.System.GetElapsedTime(started) < Patience);

        Assert.Equal((0, Count), (counts[JobState.Pending], counts[JobState.Succeeded]));
        var ids = new HashSet<JobId>();
        string? cursor = null;
        do
        {
            var page = await monitor.ListAsync("store.nothing", JobState.Succeeded, cursor, 300, Token);
            ids.UnionWith(page.Jobs.Select(static job => job.Id));
            cursor = page.Next;
        }
        while (cursor is not null);
        Assert.Equal(Count, ids.Count);
    }

    [Fact]
    [Trait("Requirement", "14")]
    public async Task Each_tick_of_a_schedule_runs_once_though_several_nodes_watch_the_clock()
    {
        var schedule = $"{GetType().Name}-tick";
        var settings = new Dictionary<string, string?> { [$"Jobs:Schedules:{schedule}:Job"] = "store.tick", [$"Jobs:Schedules:{schedule}:Every"] = "00:00:01" };
        var leaving = await StartAsync(settings: settings);
        await StartAsync(settings: settings);
        await StartAsync(settings: settings);

        await UntilTicksAsync(schedule, 3);
        await leaving.StopAsync(Token);
        await UntilTicksAsync(schedule, 6);

        Assert.All(StoreJobs.TicksOf(schedule), static tick => Assert.Equal(1, tick.Value));
    }

    private static async Task UntilTicksAsync(string schedule, int count)
    {
        var started = TimeProvider.System.GetTimestamp();
        while (StoreJobs.TicksOf(schedule).Count() < count)
        {
            Assert.True(TimeProvider.System.GetElapsedTime(started) < Patience, $"{StoreJobs.TicksOf(schedule).Count()} ticks of {count} have run.");
            await StoreJobs.Ticked.WaitAsync(TimeSpan.FromSeconds(1), Token);
        }
    }
}
