using Jobs.Brokers;
using Jobs.Tests.Definitions;
using Jobs.Tests.Scenarios;
using Jobs.Tests.Status;

namespace Jobs.Tests.Checkpoints;

/// <summary>What a run saves, and which run finds it.</summary>
[Trait("Requirement", "66")]
public sealed partial class CheckpointScenarios : IAsyncDisposable
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
