using System.Text;
using Jobs.Brokers;
using Jobs.Hosting;
using Jobs.Keys;
using Jobs.Messages;
using Jobs.Monitoring;
using Jobs.Running;
using Jobs.Tests.Definitions;
using Jobs.Tests.Running;
using Jobs.Tests.Scenarios;
using Microsoft.Extensions.DependencyInjection;

namespace Jobs.Tests.Claims;

/// <summary>Scenario 64: a job holds its unique key until it has ended, whoever sent it, and however it ends.</summary>
public sealed class KeyScenarios : IAsyncDisposable
{
    private static readonly TimeSpan Step = TimeSpan.FromMilliseconds(250);
    private static readonly JobId Id = new(new Guid("0198a000-0000-7000-8000-000000000001"));
    private static readonly JobId Other = new(new Guid("0198a000-0000-7000-8000-000000000002"));

    private readonly Bench _bench = new();

    public ValueTask DisposeAsync() => _bench.DisposeAsync();

    [Fact]
    [Trait("Scenario", "64")]
    public async Task S64_a_job_has_its_key_while_it_runs_and_waits_for_its_next_attempt_and_frees_it_when_it_succeeds()
    {
        var done = new TaskCompletionSource(TaskCreationOptions.RunContinuationsAsynchronously);
        await _bench.StartAsync(node => node.Handle(call => call.Attempt == 1 ? throw new RetryJobException(TimeSpan.FromHours(3), "busy") : done.Task));
        await SendAsync(Id);
        await _bench.UntilAsync(() => _bench.Depth().Delayed == 1);

        var waiting = await KeyAsync();
        Assert.Equal((Id, KeyPhase.Waiting), (waiting!.Value.Id, waiting.Value.Phase));
        Assert.True(waiting.Value.Due >= _bench.Clock.GetUtcNow().AddHours(3));

        await _bench.DriveUntilAsync(() => _bench.Calls.Count == 2, TimeSpan.FromSeconds(15));
        Assert.Equal(KeyPhase.Running, (await KeyAsync())!.Value.Phase);
        done.SetResult();
        await _bench.QuietAsync();
        Assert.Null(await KeyAsync());
    }

    [Fact]
    [Trait("Scenario", "71")]
    public async Task S71_a_job_that_is_cancelled_while_its_key_is_taken_does_not_start()
    {
        var (asked, answer) = (new TaskCompletionSource(), new TaskCompletionSource(TaskCreationOptions.RunContinuationsAsynchronously));
        var node = await _bench.StartAsync(static node => node.Handle(static _ => Task.CompletedTask));
        node.Store.OnPut = key =>
        {
            if (!key.StartsWith("key:", StringComparison.Ordinal))
            {
                return Task.CompletedTask;
            }

            asked.TrySetResult();
            return answer.Task;
        };
        await SendAsync(Id);
        await RunBench.Soon(asked.Task);

        await node.Client.CancelAsync(Id, Bench.Token);
        while (node.Gate.Lanes[0].Slots[0]!.StopReason != StopReason.Cancelled)
        {
            await Task.Delay(TimeSpan.FromMilliseconds(1), TimeProvider.System, Bench.Token);
        }

        answer.SetResult();
        await _bench.QuietAsync();

        Assert.Empty(_bench.Calls);
        Assert.Equal(SettleKind.Complete, Assert.Single(node.Probe.Settled).Kind);
        Assert.Null(await KeyAsync());
    }

    [Fact]
    [Trait("Scenario", "64")]
    public async Task S64_a_run_that_outlasts_the_retention_keeps_its_key()
    {
        var done = new TaskCompletionSource(TaskCreationOptions.RunContinuationsAsynchronously);
        await _bench.StartAsync(node => node.Handle(_ => done.Task).Configure(static options => options.Keys.Retention = TimeSpan.FromMinutes(5)));
        await SendAsync(Id);
        await _bench.UntilAsync(() => _bench.Calls.Count == 1);

        for (var i = 0; i < 100; i++)
        {
            await _bench.AdvanceAsync(TimeSpan.FromSeconds(10));
        }

        Assert.Equal(Id, (await KeyAsync())!.Value.Id);
        done.SetResult();
        await _bench.QuietAsync();
        Assert.Null(await KeyAsync());
    }

    [Theory]
    [Trait("Scenario", "64")]
    [InlineData("succeeded")]
    [InlineData("retried")]
    [InlineData("cancelled")]
    [InlineData("dead-lettered")]
    public async Task S64_who_enqueues_with_a_key_may_do_so_again_when_the_job_has_ended_and_not_before(string end)
    {
        var go = new TaskCompletionSource(TaskCreationOptions.RunContinuationsAsynchronously);
        await _bench.StartAsync(node => node.Handle(async call =>
        {
            await go.Task.WaitAsync(call.Token);
            if (end == "dead-lettered")
            {
                throw new DeadLetterJobException("no");
            }

            if (end == "retried" && call.Attempt == 1)
            {
                throw new RetryJobException(TimeSpan.FromHours(3), "busy");
            }
        }));
        var first = await EnqueueAsync(1);
        Assert.Equal(first.Id, await HolderAsync());
        await _bench.UntilAsync(() => _bench.Calls.Count == 1);
        Assert.Equal(first.Id, await HolderAsync());

        if (end == "cancelled")
        {
            await first.CancelAsync(Bench.Token);
        }
        else
        {
            go.SetResult();
        }

        if (end == "retried")
        {
            await _bench.UntilAsync(() => _bench.Depth().Delayed == 1);
            Assert.Equal(first.Id, await HolderAsync());
        }

        await _bench.DriveUntilAsync(() => _bench.Settled.Any(static settled => settled.Kind is SettleKind.Complete or SettleKind.DeadLetter), TimeSpan.FromSeconds(15));
        await _bench.QuietAsync();
        go.TrySetResult();

        await EnqueueAsync(2);
        await _bench.UntilAsync(() => _bench.Calls[^1].Args is NumberArgs { Value: 2 });

        ValueTask<JobHandle> EnqueueAsync(int value) => _bench.EnqueueAsync(new NumberArgs(value), new() { Key = "k" });

        // Whom the next one with the key is told of.
        async Task<JobId> HolderAsync() => (await Assert.ThrowsAsync<JobKeyConflictException>(async () => await EnqueueAsync(9))).ExistingId;
    }

    [Fact]
    public async Task A_worker_without_a_store_runs_jobs_with_keys_and_says_once_that_it_keeps_none()
    {
        await _bench.StartAsync(static node => node.Handle(static _ => Task.CompletedTask).Services.AddSingleton(new OptionalStore(null)));
        await SendAsync(Id);
        await SendAsync(Other);
        await _bench.UntilAsync(() => _bench.Calls.Count == 2);

        Assert.Equal(1, _bench.Logs.Count(13008));
        Assert.Contains(_bench.Logs.Lines, static line => line.Message.Contains("Set 'Jobs:Store'", StringComparison.Ordinal));
    }

    [Theory]
    [Trait("Scenario", "64")]
    [InlineData("dead-lettered")]
    [InlineData("cancelled")]
    [InlineData("expired")]
    [InlineData("not-found")]
    public async Task S64_a_job_that_does_not_succeed_frees_its_key_as_well(string end)
    {
        var node = await _bench.StartAsync(node => node
            .Handle(_ => end == "not-found" ? throw new FileNotFoundException() : throw new DeadLetterJobException("no"))
            .Configure(static options => options.FailureRules[typeof(FileNotFoundException).FullName!] = FailureStrategy.NotFound));
        await Keys().HoldAsync(KeyRecord.StoreKeyOf("test.number", "k"), Id, 1, Bench.Token);
        if (end == "cancelled")
        {
            await node.Client.CancelAsync(Id, Bench.Token);
            while (!node.Worker.Cancels!.Contains(Id))
            {
                await Task.Delay(TimeSpan.FromMilliseconds(1), TimeProvider.System, Bench.Token);
            }
        }

        await SendAsync(Id, end == "expired" ? "\"jobexpires\":\"1999-12-31T00:00:00Z\"," : "");
        await _bench.UntilAsync(() => _bench.Settled.Any());
        await _bench.QuietAsync();

        Assert.Null(await KeyAsync());
    }

    [Fact]
    [Trait("Scenario", "64")]
    public async Task S64_a_job_whose_key_another_has_by_now_is_cancelled_and_says_why()
    {
        var node = await _bench.StartAsync(static node => node.Handle(static _ => Task.CompletedTask).Configure(static options => options.Status.Enabled = true));
        await Keys().HoldAsync(KeyRecord.StoreKeyOf("test.number", "k"), Other, 1, Bench.Token);
        await SendAsync(Id);
        await _bench.UntilAsync(() => _bench.Settled.Any());
        await _bench.QuietAsync();

        Assert.Empty(_bench.Calls);
        Assert.Equal(SettleKind.Complete, Assert.Single(_bench.Settled).Kind);
        Assert.Equal(Other, (await KeyAsync())!.Value.Id);
        Assert.Equal(1, _bench.Logs.Count(13003));
        var status = await node.Services.GetRequiredService<IJobMonitor>().GetAsync(Id, Bench.Token);
        Assert.Equal((JobState.Cancelled, "conflict"), (status!.State, status.Reason));
    }

    [Fact]
    [Trait("Scenario", "64")]
    public async Task S64_a_job_waits_for_one_that_may_never_be_sent()
    {
        var started = _bench.Clock.GetUtcNow();
        await _bench.StartAsync(static node => node.Handle(static _ => Task.CompletedTask));
        await Keys().ReserveAsync(KeyRecord.StoreKeyOf("test.number", "k"), Other, due: null, TimeSpan.FromSeconds(20), Bench.Token);
        await SendAsync(Id);
        await _bench.DriveUntilAsync(() => _bench.Calls.Count == 1, Step);
        await _bench.QuietAsync();

        Assert.True(_bench.Clock.GetUtcNow() - started >= TimeSpan.FromSeconds(20));
        Assert.Null(await KeyAsync());
    }

    [Fact]
    [Trait("Scenario", "64")]
    public async Task S64_a_job_that_is_handed_back_when_its_host_stops_keeps_its_key()
    {
        var first = await _bench.StartAsync(static node => node
            .Handle(static call => Task.Delay(Timeout.Infinite, call.Token))
            .Configure(static options => options.Worker.DrainTimeout = TimeSpan.FromSeconds(1)));
        await SendAsync(Id);
        await _bench.UntilAsync(() => _bench.Calls.Count == 1);
        await _bench.DriveAsync(first.StopAsync());

        var key = await KeyAsync();
        Assert.Equal((Id, KeyPhase.Waiting), (key!.Value.Id, key.Value.Phase));
    }

    [Fact]
    [Trait("Mistake", "D2")]
    public async Task D2_a_worker_that_lost_its_job_does_not_free_the_key_of_the_next_run()
    {
        var late = new TaskCompletionSource(TaskCreationOptions.RunContinuationsAsynchronously);
        var first = await _bench.StartAsync(node => node.Handle(_ => late.Task));
        await SendAsync(Id);
        await _bench.UntilAsync(() => _bench.Calls.Count == 1);
        await first.KillAsync();
        await _bench.StartAsync(node => node.Handle(_ => _bench.Released));
        await _bench.DriveUntilAsync(() => _bench.Calls.Count == 2, Step);

        late.SetResult();
        await _bench.RestAsync();

        var key = await KeyAsync();
        Assert.Equal((Id, KeyPhase.Running), (key!.Value.Id, key.Value.Phase));
    }

    [Fact]
    public async Task A_job_with_a_key_waits_for_a_store_that_is_away()
    {
        var node = await _bench.StartAsync(static node => node.Handle(static _ => Task.CompletedTask));
        node.Store.IsAway = true;
        await SendAsync(Id);
        await _bench.UntilAsync(() => _bench.Depth().Delayed == 1);
        Assert.Empty(_bench.Calls);

        node.Store.IsAway = false;
        await _bench.DriveUntilAsync(() => _bench.Calls.Count == 1, Step);
        await _bench.QuietAsync();
        Assert.Null(await KeyAsync());
    }

    // As a producer in another language does: the key stands in the document, and nobody has reserved it.
    private async Task SendAsync(JobId id, string more = "")
    {
        var document = $$$"""
            {"specversion":"1.0","id":"{{{id}}}","source":"/test","type":"test.number","time":"{{{_bench.Clock.GetUtcNow():O}}}","jobversion":1,"jobqueue":"default","jobkey":"k",{{{more}}}"data":{"value":1}}
            """;
        var results = new SendResult[1];
        await _bench.Broker.SendAsync((JobMessage[])[JobMessage.FromBytes(Encoding.UTF8.GetBytes(document))], results, Bench.Token);
        Assert.Equal(SendStatus.Accepted, results[0].Status);
    }

    private JobKeys Keys() => new(_bench.Store, TimeSpan.FromDays(1), _bench.Clock);

    private ValueTask<KeyRecord?> KeyAsync() => Keys().GetAsync(KeyRecord.StoreKeyOf("test.number", "k"), Bench.Token);
}
