using Jobs.Brokers;
using Jobs.Monitoring;
using Jobs.Tests.Definitions;
using Jobs.Tests.Scenarios;
using Microsoft.Extensions.DependencyInjection;

namespace Jobs.Tests.Cancelling;

/// <summary>Scenarios 43 and 71: jobs cancelled wherever they are.</summary>
public sealed class CancelScenarios : IAsyncDisposable
{
    private readonly Bench _bench = new();

    public ValueTask DisposeAsync() => _bench.DisposeAsync();

    [Fact]
    [Trait("Scenario", "71")]
    [Trait("Mistake", "D17")]
    public async Task S71_a_delayed_job_that_is_cancelled_never_starts()
    {
        var node = await StartAsync(static node => node.Handle(static _ => Task.CompletedTask));
        var handle = await _bench.EnqueueAsync(new NumberArgs(1), new() { Delay = TimeSpan.FromHours(1) });

        Assert.Equal(JobCancelStatus.Requested, await handle.CancelAsync(Bench.Token));
        Assert.Equal(JobState.Cancelled, await StateAsync(handle.Id));
        await ToldAsync(handle.Id);
        await _bench.AdvanceAsync(TimeSpan.FromHours(1));
        await _bench.QuietAsync();

        Assert.Empty(_bench.Calls);
        Assert.Equal(SettleKind.Complete, Assert.Single(node.Probe.Settled).Kind);
        Assert.Equal(JobState.Cancelled, await StateAsync(handle.Id));
        Assert.Null(await _bench.Store.GetAsync($"cancel:{handle.Id}", Bench.Token));
    }

    [Fact]
    [Trait("Scenario", "43")]
    public async Task S43_a_job_that_falls_due_while_it_is_cancelled_either_runs_or_is_cancelled()
    {
        const int Jobs = 200;
        var node = await StartAsync(static node => node.Handle(static _ => Task.CompletedTask));
        var handles = new List<JobHandle>();
        for (var i = 0; i < Jobs; i++)
        {
            handles.Add(await _bench.EnqueueAsync(new NumberArgs(i), new() { Delay = TimeSpan.FromMinutes(1) }));
        }

        var cancelling = Parallel.ForEachAsync(handles, Bench.Token, static async (handle, token) => await handle.CancelAsync(token));
        _bench.Clock.Advance(TimeSpan.FromMinutes(1));
        await cancelling;
        await _bench.QuietAsync();

        var ran = _bench.Calls.Select(static call => call.Id).ToHashSet();
        Assert.Equal(ran.Count, _bench.Calls.Count);
        foreach (var handle in handles)
        {
            var status = await StatusAsync(handle.Id);
            Assert.True(status!.HasEnded);
            Assert.True(ran.Contains(handle.Id) || status.State == JobState.Cancelled, $"{handle.Id} has not run and is {status.State}.");
            Assert.True(!ran.Contains(handle.Id) || status.State == JobState.Succeeded || status.StartedAt is not null, $"{handle.Id} has run, and its record does not say so.");
        }
    }

    [Fact]
    [Trait("Scenario", "71")]
    public async Task S71_a_job_that_runs_on_another_node_has_its_token_cancelled_and_is_not_retried()
    {
        var node = await StartAsync(static node => node.Handle(static call => Task.Delay(Timeout.Infinite, call.Token)));
        var other = await StartAsync(static node => node.Handle(static call => Task.Delay(Timeout.Infinite, call.Token)));
        var handle = await _bench.EnqueueAsync(new NumberArgs(1));
        await _bench.UntilAsync(() => _bench.Calls.Count == 1);
        var runsOn = _bench.Calls[0].Node;

        await (runsOn == node ? other : node).Client.CancelAsync(handle.Id, Bench.Token);
        await _bench.UntilAsync(() => runsOn.Probe.Settled.Count == 1);
        await _bench.QuietAsync();

        Assert.Single(_bench.Calls);
        Assert.Equal(SettleKind.Complete, Assert.Single(runsOn.Probe.Settled).Kind);
        Assert.Equal(JobState.Cancelled, await StateAsync(handle.Id));
        Assert.Contains(_bench.Logs.Lines, static line => line.Id == 3015);
    }

    [Fact]
    [Trait("Scenario", "71")]
    public async Task S71_a_job_that_fails_on_its_own_after_it_was_cancelled_is_not_retried()
    {
        var fail = new TaskCompletionSource();
        await StartAsync(node => node.Handle(_ => fail.Task));
        var handle = await _bench.EnqueueAsync(new NumberArgs(1));
        await _bench.UntilAsync(() => _bench.Calls.Count == 1);

        await handle.CancelAsync(Bench.Token);
        await ToldAsync(handle.Id);
        fail.SetException(new IOException("busy"));
        await _bench.QuietAsync();

        Assert.Equal(JobState.Cancelled, await StateAsync(handle.Id));
        Assert.Equal(0, _bench.Depth().Delayed);
    }

    [Fact]
    [Trait("Scenario", "71")]
    public async Task S71_a_job_that_succeeds_nevertheless_has_succeeded()
    {
        var done = new TaskCompletionSource();
        await StartAsync(node => node.Handle(_ => done.Task));
        var handle = await _bench.EnqueueAsync(new NumberArgs(1));
        await _bench.UntilAsync(() => _bench.Calls.Count == 1);

        await handle.CancelAsync(Bench.Token);
        await ToldAsync(handle.Id);
        done.SetResult();
        await _bench.QuietAsync();

        Assert.Equal(JobState.Succeeded, await StateAsync(handle.Id));
        Assert.Equal(JobCancelStatus.AlreadyEnded, await handle.CancelAsync(Bench.Token));
    }

    [Fact]
    [Trait("Scenario", "71")]
    public async Task S71_a_job_that_ignores_its_token_is_given_up_on_and_not_run_again()
    {
        await StartAsync(node => node.Handle(_ => _bench.Released));
        var handle = await _bench.EnqueueAsync(new NumberArgs(1));
        await _bench.UntilAsync(() => _bench.Calls.Count == 1);

        await handle.CancelAsync(Bench.Token);
        await ToldAsync(handle.Id);
        await _bench.DriveUntilAsync(() => _bench.Depth() is { Waiting: 0, InFlight: 0, Delayed: 0 }, TimeSpan.FromSeconds(1));

        Assert.Single(_bench.Calls);
        Assert.Equal(JobState.Cancelled, await StateAsync(handle.Id));
    }

    [Fact]
    [Trait("Scenario", "71")]
    public async Task S71_a_worker_that_starts_later_knows_what_was_cancelled()
    {
        var first = await StartAsync(static node => node.Handle(static _ => throw new IOException("busy")));
        var handle = await _bench.EnqueueAsync(new NumberArgs(1));
        await _bench.UntilAsync(() => _bench.Depth().Delayed == 1);
        await first.KillAsync();
        await handle.CancelAsync(Bench.Token);

        var second = await StartAsync(static node => node.Handle(static _ => Task.CompletedTask));
        await _bench.DriveUntilAsync(() => second.Probe.Settled.Count == 1, TimeSpan.FromSeconds(1));

        Assert.Single(_bench.Calls);
        Assert.Equal(JobState.Cancelled, await StateAsync(handle.Id, second));
    }

    [Fact]
    public async Task Whoever_waits_for_the_result_of_a_cancelled_job_is_told()
    {
        var node = await StartAsync(static node => node.HandleResult(static async call =>
        {
            await Task.Delay(Timeout.Infinite, call.Token);
            return "never";
        }), status: false);
        var handle = await node.Client.EnqueueAsync<ResultArgs, string>(new ResultArgs(1), cancellationToken: Bench.Token);
        var waiting = handle.ResultAsync(Bench.Token).AsTask();
        await _bench.UntilAsync(() => _bench.Calls.Count == 1);

        await handle.CancelAsync(Bench.Token);

        var error = await Assert.ThrowsAsync<JobFailedException>(() => waiting);
        Assert.Equal("cancelled", error.Reason);
        Assert.Equal(JobCancelStatus.AlreadyEnded, await handle.CancelAsync(Bench.Token));
    }

    // The clock must not run ahead of the news.
    private async Task ToldAsync(JobId id)
    {
        while (!_bench.Nodes.All(node => node.Probe.IsCut || node.Worker.Cancels!.Contains(id)))
        {
            await Task.Delay(TimeSpan.FromMilliseconds(1), TimeProvider.System, Bench.Token);
        }
    }

    private Task<Node> StartAsync(Action<NodeBuilder> jobs, bool status = true) => _bench.StartAsync(node =>
    {
        node.Jobs.Configure(options => options.Status.Enabled = status);
        jobs(node);
    });

    private async Task<JobState?> StateAsync(JobId id, Node? node = null) => (await StatusAsync(id, node))?.State;

    private async Task<JobStatus?> StatusAsync(JobId id, Node? node = null) =>
        await (node ?? _bench.Nodes[0]).Services.GetRequiredService<IJobMonitor>().GetAsync(id, Bench.Token);
}
