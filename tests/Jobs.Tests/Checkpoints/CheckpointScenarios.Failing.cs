using System.Text;
using Jobs.Brokers;
using Jobs.Stores;
using Jobs.Tests.Definitions;
using Jobs.Tests.Scenarios;
using Jobs.Tests.Status;

namespace Jobs.Tests.Checkpoints;

/// <content>What cannot be saved, or read.</content>
public sealed partial class CheckpointScenarios
{
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

        await _bench.EnqueueAsync(new NumberArgs(1));
        await store.Hung.WaitAsync(Bench.Token);
        _bench.Clock.Advance(TimeSpan.FromSeconds(5));
        await AssertSavedAsync(1);

        await _bench.EnqueueAsync(new NumberArgs(2));
        await AssertSavedAsync(2);

        async Task AssertSavedAsync(int settled)
        {
            await _bench.UntilAsync(() => _bench.Settled.Count() == settled);
            Assert.All(_bench.Settled, static settled => Assert.Equal(SettleKind.Complete, settled.Kind));
            Assert.Contains("job 'test.number'", error!.Message, StringComparison.Ordinal);
            Assert.Contains("store 'away'", error.Message, StringComparison.Ordinal);
            error = null;
        }
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
}
