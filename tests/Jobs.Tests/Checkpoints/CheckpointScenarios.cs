using System.Text;
using Jobs.Brokers;
using Jobs.Stores;
using Jobs.Tests.Definitions;
using Jobs.Tests.Scenarios;
using Jobs.Tests.Status;

namespace Jobs.Tests.Checkpoints;

/// <summary>What a run saves, and which run finds it.</summary>
[Trait("Requirement", "66")]
public sealed class CheckpointScenarios : IAsyncDisposable
{
    private readonly Bench _bench = new();
    private readonly List<string> _found = [];

    public ValueTask DisposeAsync() => _bench.DisposeAsync();

    [Fact]
    public async Task A_killed_job_resumes_on_another_worker_and_leaves_nothing_behind()
    {
        var first = await StartAsync(async checkpoint =>
        {
            await checkpoint.SaveAsync("one", Bench.Token);
            await checkpoint.SaveAsync("two", Bench.Token);
            await _bench.Released;
        });
        var handle = await _bench.EnqueueAsync(new NumberArgs(1));
        await _bench.RestAsync();
        Assert.Equal("two", await ReadAsync(handle.Id));
        await first.KillAsync();
        var second = await StartAsync(static _ => Task.CompletedTask);

        await _bench.AdvanceAsync(Bench.Lease);
        await _bench.UntilAsync(() => second.Probe.Settled.Count == 1);
        await _bench.RestAsync();

        Assert.Equal(["-", "two"], _found);
        Assert.Null(await ReadAsync(handle.Id));
    }

    [Fact]
    public async Task A_worker_that_dies_after_its_success_and_before_its_acknowledgement_leaves_the_checkpoint()
    {
        var first = await StartAsync(async checkpoint => await checkpoint.SaveAsync("all", Bench.Token));
        first.Probe.OnSettle = async (settlements, _) =>
        {
            await first.KillAsync();
            return new SettleResult[settlements.Length];
        };
        await _bench.EnqueueAsync(new NumberArgs(1));
        await _bench.UntilAsync(() => first.Probe.IsCut);
        var second = await StartAsync(static _ => Task.CompletedTask);
        await _bench.AdvanceAsync(Bench.Lease);
        await _bench.UntilAsync(() => second.Probe.Settled.Count == 1);

        Assert.Equal(["-", "all"], _found);
    }

    [Fact]
    public async Task A_failed_run_is_resumed_by_its_retry_however_late_that_comes()
    {
        await StartAsync(async checkpoint =>
        {
            if (!checkpoint.TryGet(out _))
            {
                await checkpoint.SaveAsync("half", Bench.Token);
                throw new RetryJobException(TimeSpan.FromDays(40));
            }
        });
        var handle = await _bench.EnqueueAsync(new NumberArgs(1));
        await _bench.UntilAsync(() => _bench.Depth().Delayed == 1);

        await AdvanceToRetryAsync();
        await _bench.UntilAsync(() => _bench.Calls.Count == 2);
        await _bench.QuietAsync();

        Assert.Equal(["-", "half"], _found);
        Assert.Null(await ReadAsync(handle.Id));
    }

    [Fact]
    public async Task A_run_that_saved_nothing_hands_on_what_the_one_before_it_saved()
    {
        await StartAsync(async checkpoint =>
        {
            switch (_found.Count)
            {
                case 1:
                    await checkpoint.SaveAsync("half", Bench.Token);
                    throw new RetryJobException(TimeSpan.FromDays(6));
                case 2 or 3:
                    throw new RetryJobException(TimeSpan.FromDays(6));
            }
        });
        await _bench.EnqueueAsync(new NumberArgs(1));
        for (var run = 2; run <= 4; run++)
        {
            await _bench.UntilAsync(() => _bench.Settled.Count() == run - 1);
            await AdvanceToRetryAsync();
            await _bench.UntilAsync(() => _bench.Calls.Count == run);
        }

        await _bench.QuietAsync();
        Assert.Equal(["-", "half", "half", "half"], _found);
    }

    [Fact]
    public async Task A_host_that_stops_lets_its_job_save_once_more_on_its_way_out()
    {
        var first = await StartAsync(
            async (call, checkpoint) =>
            {
                try
                {
                    await Task.Delay(Timeout.InfiniteTimeSpan, TimeProvider.System, call.Token);
                }
                finally
                {
                    await checkpoint.SaveAsync("on my way out", CancellationToken.None);
                }
            },
            node => node.Configure(static options => options.Worker.DrainTimeout = TimeSpan.FromSeconds(1)));
        await _bench.EnqueueAsync(new NumberArgs(1));
        await _bench.UntilAsync(() => _bench.Calls.Count == 1);
        await _bench.DriveAsync(first.StopAsync());

        await StartAsync(static _ => Task.CompletedTask);
        await _bench.UntilAsync(() => _bench.Calls.Count == 2);

        Assert.Equal(["-", "on my way out"], _found);
        Assert.Equal((1, 0), (_bench.Calls[1].Attempt, _bench.Calls[1].Crashes));
    }

    [Fact]
    public async Task A_replayed_dead_letter_resumes()
    {
        await StartAsync(async checkpoint =>
        {
            if (!checkpoint.TryGet(out _))
            {
                await checkpoint.SaveAsync("half", Bench.Token);
                throw new DeadLetterJobException("no");
            }
        });
        var handle = await _bench.EnqueueAsync(new NumberArgs(1));
        await _bench.UntilAsync(() => _bench.DeadLetters().Count == 1);
        await _bench.AdvanceAsync(TimeSpan.FromDays(6));
        await _bench.Broker.ReplayDeadLetterAsync(Bench.Queue, handle.Id.ToString(), Bench.Token);
        await _bench.UntilAsync(() => _bench.Calls.Count == 2);
        await _bench.QuietAsync();

        Assert.Equal(["-", "half"], _found);
    }

    [Fact]
    public async Task A_job_enqueued_anew_with_the_id_of_a_dead_letter_starts_over_and_can_save()
    {
        await StartAsync(async checkpoint =>
        {
            await checkpoint.SaveAsync($"run {_found.Count}", Bench.Token);
            throw _found.Count < 3 ? new RetryJobException(TimeSpan.Zero) : new DeadLetterJobException("no");
        });
        await _bench.EnqueueAsync(new NumberArgs(1), new() { Id = JobId.Parse("import") });
        await _bench.UntilAsync(() => _bench.DeadLetters().Count == 1);
        await _bench.AdvanceAsync(TimeSpan.FromHours(1));
        await _bench.EnqueueAsync(new NumberArgs(1), new() { Id = JobId.Parse("import") });
        await _bench.UntilAsync(() => _bench.Calls.Count == 4);
        await _bench.QuietAsync();

        Assert.Equal(["-", "run 1", "run 2", "-"], _found);
        Assert.Equal("run 4", await ReadAsync(JobId.Parse("import")));
    }

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
    public async Task A_store_that_is_away_fails_a_save_with_an_error_of_its_own_and_what_was_saved_stays()
    {
        var store = new AwayStore(_bench.Store);
        JobCheckpointException? error = null;
        await StartAsync(
            async (_, checkpoint) =>
            {
                await checkpoint.SaveAsync("one", Bench.Token);
                (store.IsAway, store.Hangs) = (true, _found.Count == 1);
                error = await Assert.ThrowsAsync<JobCheckpointException>(() => checkpoint.SaveAsync("two", CancellationToken.None).AsTask());
                Assert.True(checkpoint.TryGet(out var saved));
                Assert.Equal("one", saved);
                (store.IsAway, store.Hangs) = (false, false);
            },
            node => UseStore(node, store));
        foreach (var number in (int[])[1, 2])
        {
            await _bench.EnqueueAsync(new NumberArgs(number));
            await _bench.DriveUntilAsync(() => _bench.Settled.Count() == number, TimeSpan.FromSeconds(1));
            Assert.Contains("job 'test.number'", error!.Message, StringComparison.Ordinal);
            Assert.Contains("store 'away'", error.Message, StringComparison.Ordinal);
        }

        Assert.All(_bench.Settled, static settled => Assert.Equal(SettleKind.Complete, settled.Kind));
    }

    [Fact]
    public async Task A_job_whose_checkpoint_cannot_be_read_waits_for_the_store_and_no_attempt_is_burnt()
    {
        var store = new AwayStore(_bench.Store);
        var node = await StartAsync(
            async (call, checkpoint) =>
            {
                await checkpoint.SaveAsync("half", Bench.Token);
                if (call.Attempt == 1)
                {
                    store.IsAway = true;
                    throw new RetryJobException(TimeSpan.FromSeconds(1));
                }
            },
            node => UseStore(node, store));
        await _bench.EnqueueAsync(new NumberArgs(1));
        await _bench.DriveUntilAsync(() => node.Probe.Settled.Count(static settled => settled.Kind == SettleKind.Defer) == 2, TimeSpan.FromSeconds(1));
        Assert.Single(_bench.Calls);
        store.IsAway = false;
        await _bench.DriveUntilAsync(() => _bench.Calls.Count == 2, TimeSpan.FromSeconds(1));

        Assert.Equal((2, 0), (_bench.Calls[1].Attempt, _bench.Calls[1].Crashes));
        Assert.Equal(["-", "half"], _found);
        Assert.InRange(_bench.Logs.Count(3030), 2, 3);
    }

    [Theory]
    [InlineData("""{"page":1}""")]
    [InlineData("7")]
    [InlineData("null")]
    public async Task A_checkpoint_of_another_shape_is_told_and_the_job_starts_over(string json)
    {
        var node = await StartAsync(
            static async (_, checkpoint) => await checkpoint.SaveAsync("new", Bench.Token),
            static node => node.Configure(static options => options.Worker.Queues.Clear()));
        await _bench.Broker.SetPausedAsync(Bench.Queue, true, Bench.Token);
        var handle = await _bench.EnqueueAsync(new NumberArgs(1));
        var record = $$"""{"enqueued":{{_bench.Clock.GetUtcNow().ToUnixTimeMilliseconds()}},"value":{{json}}}""";
        await _bench.Store.PutAsync($"checkpoint:{handle.Id}", Encoding.UTF8.GetBytes(record), StoreCondition.Always, null, Bench.Token);

        await _bench.Broker.SetPausedAsync(Bench.Queue, false, Bench.Token);
        await _bench.UntilAsync(() => node.Probe.Settled.Count == 1);

        Assert.Equal(["-"], _found);
        Assert.Equal(1, _bench.Logs.Count(3031));
        Assert.Equal(SettleKind.Complete, node.Probe.Settled.Single().Kind);
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
    public async Task A_checkpoint_too_large_for_the_store_is_refused_with_both_sizes()
    {
        JobCheckpointException? error = null;
        await StartAsync(async checkpoint => error = await Assert.ThrowsAsync<JobCheckpointException>(
            () => checkpoint.SaveAsync(new string('x', _bench.Store.Features.MaxValueBytes), CancellationToken.None).AsTask()));
        await _bench.EnqueueAsync(new NumberArgs(1));
        await _bench.QuietAsync();

        var most = _bench.Store.Features.MaxValueBytes;
        Assert.EndsWith($"has {most + 2} bytes; store 'memory' takes {most - 64}. Save where the work stands, not the work.", error!.Message, StringComparison.Ordinal);
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

    [Fact]
    public async Task A_synchronous_job_finds_its_checkpoint_too()
    {
        var node = await _bench.StartAsync(node => node.HandleCheckpoint(
            (call, checkpoint) =>
            {
                Note(checkpoint);
                checkpoint.SaveAsync("half", Bench.Token).AsTask().GetAwaiter().GetResult();
                return call.Attempt == 1 ? throw new RetryJobException(TimeSpan.Zero) : Task.CompletedTask;
            },
            isSynchronous: true));
        await _bench.EnqueueAsync(new NumberArgs(1));
        await _bench.DriveUntilAsync(() => node.Probe.Settled.Count == 2, TimeSpan.FromSeconds(1));

        Assert.Equal(["-", "half"], _found);
    }

    // No further than that: a clock that runs on while the job is in hand takes its lease away.
    private async Task AdvanceToRetryAsync()
    {
        await _bench.RestAsync();
        var due = _bench.Settled.Last(static settled => settled.Due is not null).Due!.Value;
        await _bench.AdvanceAsync(due - _bench.Clock.GetUtcNow() + TimeSpan.FromSeconds(1));
    }

    private static void UseStore(NodeBuilder node, AwayStore store)
    {
        node.Jobs.AddStore("away", _ => store);
        node.Configure(static options => options.Store = "away");
    }

    private Task<Node> StartAsync(Func<JobCheckpoint<string>, Task> script) => StartAsync((_, checkpoint) => script(checkpoint));

    // Notes what each run finds before it goes on.
    private Task<Node> StartAsync(Func<Call, JobCheckpoint<string>, Task> script, Action<NodeBuilder>? configure = null) => _bench.StartAsync(node =>
    {
        node.HandleCheckpoint((call, checkpoint) =>
        {
            Note(checkpoint);
            return script(call, checkpoint);
        });
        configure?.Invoke(node);
    });

    private void Note(JobCheckpoint<string> checkpoint)
    {
        lock (_found)
        {
            _found.Add(checkpoint.TryGet(out var saved) ? saved : "-");
        }
    }

    private async Task<string?> ReadAsync(JobId id)
    {
        var entry = await _bench.Store.GetAsync($"checkpoint:{id}", Bench.Token);
        return entry is null ? null : System.Text.Json.JsonDocument.Parse(entry.Value).RootElement.GetProperty("value").GetString();
    }
}
