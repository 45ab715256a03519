using Jobs.Brokers;
using Jobs.Monitoring;
using Jobs.Stores;
using Jobs.Tests.Definitions;
using Jobs.Tests.Scenarios;
using Microsoft.Extensions.DependencyInjection;

namespace Jobs.Tests.Status;

/// <summary>What the monitor says of jobs on their way, on several nodes that share a store.</summary>
public sealed class StatusScenarios : IAsyncDisposable
{
    private readonly Bench _bench = new();

    public ValueTask DisposeAsync() => _bench.DisposeAsync();

    [Fact]
    [Trait("Requirement", "82")]
    public async Task A_job_is_seen_from_its_enqueueing_to_its_end()
    {
        var done = new TaskCompletionSource();
        var node = await StartAsync(node => node.Handle(_ => done.Task));
        var handle = await _bench.EnqueueAsync(new NumberArgs(1), new() { Delay = TimeSpan.FromMinutes(1), CorrelationId = "order-7" });

        var pending = await GetAsync(handle.Id);
        Assert.Equal((JobState.Pending, "test.number", "default", 1), (pending!.State, pending.Name, pending.Queue, pending.Attempt));
        Assert.Equal((_bench.Clock.GetUtcNow(), _bench.Clock.GetUtcNow().AddMinutes(1), "order-7"), (pending.EnqueuedAt, pending.Due!.Value, pending.CorrelationId));

        await _bench.AdvanceAsync(TimeSpan.FromMinutes(1));
        await _bench.UntilAsync(() => _bench.Calls.Count == 1);
        var started = _bench.Clock.GetUtcNow();
        await _bench.AdvanceAsync(TimeSpan.FromMilliseconds(200));
        await _bench.RestAsync();
        Assert.Equal(JobState.Pending, (await GetAsync(handle.Id))!.State);
        await _bench.AdvanceAsync(TimeSpan.FromMilliseconds(100));
        var running = await SeeRunningAsync(handle.Id);
        Assert.Equal(started, running.StartedAt!.Value);
        Assert.NotNull(running.Worker);

        done.SetResult();
        await _bench.QuietAsync();
        var ended = await GetAsync(handle.Id);
        Assert.Equal((JobState.Succeeded, started, _bench.Clock.GetUtcNow(), true), (ended!.State, ended.StartedAt!.Value, ended.EndedAt!.Value, ended.HasEnded));
        Assert.Equal([handle.Id], (await Monitor(node).ListAsync("test.number", JobState.Succeeded, cancellationToken: Bench.Token)).Jobs.Select(static job => job.Id));
        Assert.Equal((0, 0, 1), await CountAsync(node));
    }

    [Fact]
    public async Task A_failure_shows_why_and_when_it_runs_again_and_a_dead_letter_why_it_died()
    {
        await StartAsync(node => node.Handle(call => call.Attempt == 1 ? throw new IOException("busy") : throw new DeadLetterJobException("no such order")));
        var handle = await _bench.EnqueueAsync(new NumberArgs(1));
        await _bench.QuietAsync();

        var retrying = await GetAsync(handle.Id);
        Assert.Equal((JobState.Retrying, "busy", 1), (retrying!.State, retrying.Error, retrying.Attempt));
        Assert.True(retrying.Due > _bench.Clock.GetUtcNow());
        await _bench.DriveUntilAsync(() => _bench.DeadLetters().Count == 1, TimeSpan.FromSeconds(1));
        await _bench.QuietAsync();

        var dead = await GetAsync(handle.Id);
        Assert.Equal((JobState.DeadLettered, "rejected", "no such order", 2), (dead!.State, dead.Reason, dead.Error, dead.Attempt));
        Assert.Null(dead.Due);
    }

    [Fact]
    public async Task A_worker_that_lost_its_job_cannot_overwrite_what_the_next_one_says()
    {
        var stale = new TaskCompletionSource();
        var first = await StartAsync(node => node.Handle(_ => stale.Task));
        var handle = await _bench.EnqueueAsync(new NumberArgs(1));
        await _bench.UntilAsync(() => _bench.Calls.Count == 1);
        await first.KillAsync();
        var second = await StartAsync(node => node.Handle(_ => Task.CompletedTask));
        await _bench.DriveUntilAsync(() => second.Probe.Settled.Count == 1, TimeSpan.FromSeconds(1));
        var succeeded = await GetAsync(handle.Id, second);

        stale.SetException(new IOException("stale"));
        await _bench.RestAsync();

        Assert.Equal((JobState.Succeeded, 1), (succeeded!.State, succeeded.Crashes));
        Assert.Equal(succeeded, await GetAsync(handle.Id, second));
    }

    [Fact]
    [Trait("Mistake", "D14")]
    public async Task A_worker_that_dies_between_record_and_settlement_has_its_job_completed_not_run_again()
    {
        var first = await StartAsync(node => node.Handle(_ => Task.CompletedTask));
        var died = Die(first);
        var handle = await _bench.EnqueueAsync(new NumberArgs(1));
        await died;
        Assert.Equal(JobState.Succeeded, (await GetAsync(handle.Id))!.State);

        var second = await StartAsync(node => node.Handle(_ => Task.CompletedTask));
        await _bench.DriveUntilAsync(() => second.Probe.Settled.Count == 1, TimeSpan.FromSeconds(1));

        Assert.Single(_bench.Calls);
        Assert.Equal(SettleKind.Complete, Assert.Single(second.Probe.Settled).Kind);
        Assert.Equal(JobState.Succeeded, (await GetAsync(handle.Id, second))!.State);
    }

    [Fact]
    [Trait("Scenario", "75")]
    public async Task A_job_whose_enqueues_went_under_with_its_worker_runs_again()
    {
        async Task Run(Call call)
        {
            if (((NumberArgs)call.Args).Value == 1)
            {
                await call.Node.Client.EnqueueAsync(new NumberArgs(2), cancellationToken: Bench.Token);
            }
        }

        var first = await StartAsync(node => node.Handle(Run));
        var died = Die(first);
        var handle = await _bench.EnqueueAsync(new NumberArgs(1));
        await died;

        var second = await StartAsync(node => node.Handle(Run));
        await _bench.DriveUntilAsync(() => second.Probe.Settled.Count == 2, TimeSpan.FromSeconds(1));

        Assert.Equal([1, 1, 2], _bench.Calls.Select(static call => ((NumberArgs)call.Args).Value));
        var child = await GetAsync(handle.Id.Child(1), second);
        Assert.Equal((JobState.Succeeded, handle.Id), (child!.State, child.ParentId!.Value));
    }

    [Fact]
    [Trait("Requirement", "30")]
    public async Task Of_jobs_that_ended_the_latest_are_kept_for_a_while()
    {
        var node = await StartAsync(node => node.Handle(_ => Task.CompletedTask), keep: 3);
        var handles = await node.Client.EnqueueManyAsync(Enumerable.Range(0, 10).Select(static value => new NumberArgs(value)), cancellationToken: Bench.Token);
        await _bench.QuietAsync();

        Assert.Equal((0, 0, 3), await CountAsync(node));
        var known = await Task.WhenAll(handles.Select(handle => GetAsync(handle.Id)));
        Assert.Equal(3, known.Count(static status => status is not null));

        await _bench.AdvanceAsync(TimeSpan.FromDays(2));
        Assert.Equal((0, 0, 0), await CountAsync(node));
    }

    [Fact]
    public async Task A_job_that_the_broker_refuses_leaves_no_record()
    {
        var node = await _bench.StartAsync(static node =>
        {
            node.Jobs.Configure(static options => options.Status.Enabled = true).AddQueue("full", static queue => queue.MaxLength = 1);
            node.Jobs.Configure(static options => options.Worker.Queues.Add("default"));
            node.Handle(static _ => Task.CompletedTask);
        });
        await _bench.EnqueueAsync(new NumberArgs(1), new() { Queue = "full" });

        await Assert.ThrowsAsync<JobEnqueueException>(async () => await _bench.EnqueueAsync(new NumberArgs(2), new() { Queue = "full", Id = JobId.Parse("refused") }));
        var many = await Assert.ThrowsAsync<JobBulkEnqueueException>(async () => await node.Client.EnqueueManyAsync([new NumberArgs(3)], new() { Queue = "full" }, Bench.Token));

        Assert.Null(await GetAsync(JobId.Parse("refused")));
        Assert.Null(await GetAsync(many.Handles[0].Id));
        Assert.Equal((1, 0, 0), await CountAsync(node));
    }

    [Fact]
    [Trait("Requirement", "65")]
    public async Task Progress_is_seen_while_the_job_runs()
    {
        var done = new TaskCompletionSource();
        await StartAsync(node => node.Handle(call =>
        {
            for (var i = 1; i <= 50; i++)
            {
                call.Context.ReportProgress(i, 100, "half way");
            }

            return done.Task;
        }));
        var handle = await _bench.EnqueueAsync(new NumberArgs(1));
        await _bench.UntilAsync(() => _bench.Calls.Count == 1);
        await _bench.AdvanceAsync(TimeSpan.FromMilliseconds(100));

        Assert.Equal(new JobProgress(50, 100, "half way"), (await SeeRunningAsync(handle.Id)).Progress);
        done.SetResult();
        await _bench.QuietAsync();
        Assert.Equal(50, (await GetAsync(handle.Id))!.Progress!.Current);
    }

    [Fact]
    public async Task A_result_is_part_of_the_status()
    {
        var node = await StartAsync(node => node.HandleResult(_ => Task.FromResult("one")));
        var handle = await node.Client.EnqueueAsync<ResultArgs, string>(new ResultArgs(1), cancellationToken: Bench.Token);
        await _bench.QuietAsync();

        Assert.Equal("\"one\""u8.ToArray(), (await GetAsync(handle.Id))!.Result.ToArray());
    }

    [Fact]
    public async Task Whoever_watches_a_job_sees_how_it_ended()
    {
        var node = await StartAsync(node => node.Handle(_ => Task.CompletedTask));
        var handle = await _bench.EnqueueAsync(new NumberArgs(1), new() { Delay = TimeSpan.FromMinutes(1) });
        var watching = Task.Run(async () =>
        {
            await foreach (var status in Monitor(node).WatchAsync(handle.Id, Bench.Token))
            {
                if (status is { HasEnded: true })
                {
                    return status.State;
                }
            }

            return JobState.Pending;
        });
        await _bench.AdvanceAsync(TimeSpan.FromMinutes(1));

        Assert.Equal(JobState.Succeeded, await watching);
    }

    [Fact]
    [Trait("Scenario", "81")]
    public async Task S81_who_watches_and_does_not_read_holds_nobody_up_and_then_sees_the_last()
    {
        var done = new TaskCompletionSource();
        var node = await StartAsync(node => node.Handle(_ => done.Task));
        var handle = await _bench.EnqueueAsync(new NumberArgs(1));
        await _bench.UntilAsync(() => _bench.Calls.Count == 1);
        await using var watch = Monitor(node).WatchAsync(handle.Id, Bench.Token).GetAsyncEnumerator(Bench.Token);
        Assert.True(await watch.MoveNextAsync());

        for (var i = 1; i <= 100; i++)
        {
            _bench.Calls[0].Context.ReportProgress(i, 100);
            await _bench.AdvanceAsync(TimeSpan.FromMilliseconds(100));
        }

        done.SetResult();
        await _bench.QuietAsync();

        var seen = 0;
        while (!watch.Current!.HasEnded)
        {
            Assert.True(await watch.MoveNextAsync().AsTask().WaitAsync(Bench.Patience, TimeProvider.System, Bench.Token));
            seen++;
        }

        Assert.InRange(seen, 1, 2);
        Assert.Equal((JobState.Succeeded, 100), (watch.Current.State, watch.Current.Progress!.Current));
    }

    [Fact]
    public async Task Without_status_nothing_is_kept_and_the_monitor_says_how_to_switch_it_on()
    {
        var node = await _bench.StartAsync(static node => node.Handle(static _ => Task.CompletedTask));
        var handle = await _bench.EnqueueAsync(new NumberArgs(1));
        await _bench.QuietAsync();

        Assert.Null(await _bench.Store.GetAsync($"job:{handle.Id}", Bench.Token));
        var error = await Assert.ThrowsAsync<JobConfigurationException>(() => GetAsync(handle.Id));
        Assert.Contains("'Jobs:Status:Enabled'", error.Message);
    }

    // The worker dies after it has written how the job ended, before the broker hears of it.
    private static Task Die(Node node)
    {
        var died = new TaskCompletionSource();
        node.Probe.OnSettle = async (_, _) =>
        {
            await node.KillAsync();
            died.TrySetResult();
            throw new IOException("The worker has died.");
        };
        return died.Task;
    }

    private static IJobMonitor Monitor(Node node) => node.Services.GetRequiredService<IJobMonitor>();

    private Task<Node> StartAsync(Action<NodeBuilder> jobs, int keep = 1_000) => _bench.StartAsync(node =>
    {
        node.Jobs.Configure(options => (options.Status.Enabled, options.Status.KeepSucceeded) = (true, keep));
        jobs(node);
    });

    private async Task<JobStatus?> GetAsync(JobId id, Node? node = null) => await Monitor(node ?? _bench.Nodes[0]).GetAsync(id, Bench.Token);

    private async Task<JobStatus> SeeRunningAsync(JobId id)
    {
        var running = Monitor(_bench.Nodes[0]).WatchAsync(id, Bench.Token).FirstAsync(static status => status?.State == JobState.Running, Bench.Token);
        return (await running.AsTask().WaitAsync(Bench.Patience, TimeProvider.System, Bench.Token))!;
    }

    private static async Task<(long Pending, long Running, long Succeeded)> CountAsync(Node node)
    {
        var counts = await Monitor(node).CountAsync("test.number", Bench.Token);
        return (counts[JobState.Pending], counts[JobState.Running], counts[JobState.Succeeded]);
    }
}
