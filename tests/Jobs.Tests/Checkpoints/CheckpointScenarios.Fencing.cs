using System.Text;
using Jobs.Brokers;
using Jobs.Stores;
using Jobs.Tests.Definitions;
using Jobs.Tests.Scenarios;

namespace Jobs.Tests.Checkpoints;

/// <content>Which run may save.</content>
public sealed partial class CheckpointScenarios
{
    [Fact]
    public async Task A_stale_worker_overwrites_nothing_and_is_told()
    {
        var resume = new TaskCompletionSource();
        Exception? refused = null;
        var first = await StartAsync(
            async (_, checkpoint) =>
            {
                await checkpoint.SaveAsync("first", Bench.Token);
                await resume.Task;
                refused = await Record.ExceptionAsync(() => checkpoint.SaveAsync("stale", CancellationToken.None).AsTask());
                throw new IOException("whatever it throws after that");
            },
            static node => node.Configure(static options => options.Worker.Concurrency = 1));
        var handle = await _bench.EnqueueAsync(new NumberArgs(1));
        await _bench.UntilAsync(() => _bench.Calls.Count == 1);

        // It sleeps, and does not know.
        first.Probe.OnRenew = _ => SettleResult.Ok;
        await StartAsync(async checkpoint =>
        {
            await checkpoint.SaveAsync("second", Bench.Token);
            await _bench.Released;
        });
        await _bench.AdvanceAsync(TimeSpan.FromSeconds(45));
        await _bench.UntilAsync(() => _bench.Calls.Count == 2);
        await _bench.RestAsync();
        resume.SetResult();
        await _bench.UntilAsync(() => first.Gate.InHand == 0);

        Assert.IsType<OperationCanceledException>(refused);
        Assert.Contains("belongs to another worker", refused.Message, StringComparison.Ordinal);
        Assert.True(_bench.Calls[0].Token.IsCancellationRequested);
        Assert.Empty(first.Probe.Settled);
        Assert.Equal((1, 1), (_bench.Logs.Count(3032), _bench.Logs.Count(4001)));
        Assert.Equal(["-", "first"], _found);
        Assert.Equal("second", await ReadAsync(handle.Id));
    }

    [Fact]
    public async Task A_run_that_was_given_up_on_saves_nothing_any_more()
    {
        var resume = new TaskCompletionSource();
        Exception? refused = null;
        var told = new TaskCompletionSource();
        await StartAsync(
            async (call, checkpoint) =>
            {
                if (call.Attempt == 1)
                {
                    await resume.Task;
                    refused = await Record.ExceptionAsync(() => checkpoint.SaveAsync("zombie", CancellationToken.None).AsTask());
                    told.SetResult();
                }
            },
            static node => node.Override("test.number", static job => (job.Timeout, job.HardTimeoutGrace) = (TimeSpan.FromSeconds(10), TimeSpan.FromSeconds(10))));
        var handle = await _bench.EnqueueAsync(new NumberArgs(1));
        await _bench.DriveUntilAsync(() => _bench.Calls.Count == 2, TimeSpan.FromSeconds(1));
        resume.SetResult();
        await told.Task;

        Assert.IsType<OperationCanceledException>(refused);
        Assert.Null(await ReadAsync(handle.Id));
    }

    [Fact]
    public async Task A_broker_that_counts_anew_locks_nobody_out()
    {
        var node = await StartAsync(static async checkpoint => await checkpoint.SaveAsync("next", Bench.Token));
        await _bench.Broker.SetPausedAsync(Bench.Queue, true, Bench.Token);
        var handle = await _bench.EnqueueAsync(new NumberArgs(1));
        var record = $$"""{"enqueued":{{_bench.Clock.GetUtcNow().ToUnixTimeMilliseconds()}},"value":"before"}""";
        await _bench.Store.PutAsync($"checkpoint:{handle.Id}", Encoding.UTF8.GetBytes(record), StoreCondition.IfNotNewer(1L << 40), null, Bench.Token);

        await _bench.Broker.SetPausedAsync(Bench.Queue, false, Bench.Token);
        await _bench.UntilAsync(() => node.Probe.Settled.Count == 1);
        await _bench.RestAsync();

        Assert.Equal(["before"], _found);
        Assert.Equal(SettleKind.Complete, node.Probe.Settled.Single().Kind);
        Assert.Null(await ReadAsync(handle.Id));
    }

    [Fact]
    public async Task A_cancelled_job_leaves_no_checkpoint_whether_it_runs_or_waits()
    {
        await StartAsync(async (call, checkpoint) =>
        {
            await checkpoint.SaveAsync("half", Bench.Token);
            if (call.Args is NumberArgs { Value: 1 })
            {
                throw new RetryJobException(TimeSpan.FromHours(1));
            }

            await Task.Delay(Timeout.InfiniteTimeSpan, TimeProvider.System, call.Token);
        });
        var waits = await _bench.EnqueueAsync(new NumberArgs(1));
        var runs = await _bench.EnqueueAsync(new NumberArgs(2));
        await _bench.UntilAsync(() => _bench.Depth().Delayed == 1 && _bench.Calls.Count == 2);
        await _bench.RestAsync();
        Assert.NotNull(await ReadAsync(waits.Id));
        Assert.NotNull(await ReadAsync(runs.Id));

        await waits.CancelAsync(Bench.Token);
        await runs.CancelAsync(Bench.Token);
        await _bench.UntilAsync(() => _bench.Logs.Count(3015) == 1);
        await AdvanceToRetryAsync();
        await _bench.UntilAsync(() => _bench.Logs.Count(3015) == 2);
        await _bench.QuietAsync();

        Assert.Null(await ReadAsync(waits.Id));
        Assert.Null(await ReadAsync(runs.Id));
    }

    [Fact]
    public async Task A_checkpoint_that_outlives_its_run_saves_nothing()
    {
        JobCheckpoint<string>? kept = null;
        await StartAsync(checkpoint =>
        {
            kept = checkpoint;
            return Task.CompletedTask;
        });
        var handle = await _bench.EnqueueAsync(new NumberArgs(1));
        await _bench.UntilAsync(() => _bench.Settled.Any());
        await _bench.QuietAsync();

        await Assert.ThrowsAsync<InvalidOperationException>(async () => await kept!.SaveAsync("late", Bench.Token));
        Assert.Null(await ReadAsync(handle.Id));
    }
}
