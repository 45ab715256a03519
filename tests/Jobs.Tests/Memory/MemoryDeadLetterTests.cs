using Jobs.Brokers;
using Jobs.Memory;
using Jobs.Messages;
using Microsoft.Extensions.Logging;

namespace Jobs.Tests.Memory;

public class MemoryDeadLetterTests
{
    [Fact]
    public async Task A_dead_letter_tells_why_when_where_and_what_failed()
    {
        await using var bench = new MemoryBench();
        var id = await bench.BuryAsync(reason: DeadLetterReason.NotRetryable);

        var letter = await bench.Broker.GetDeadLetterAsync(MemoryBench.Queue, id.ToString(), MemoryBench.Token);

        Assert.NotNull(letter);
        Assert.Equal((id.ToString(), MemoryBench.Queue, DeadLetterReason.NotRetryable, "it is bad", bench.Now), (letter.Key, letter.Queue, letter.Reason, letter.Error, letter.DiedAt));
        Assert.Equal(MemoryBench.Failure(), Assert.Single(letter.Message!.State.Failures));
        Assert.Equal(0, letter.Message.State.Copy);
        Assert.Equal(new QueueDepth(0, 0, 0, TimeSpan.Zero), await bench.DepthAsync());
    }

    [Fact]
    public async Task A_job_has_one_dead_letter()
    {
        await using var bench = new MemoryBench();
        var id = await bench.BuryAsync();
        await bench.Broker.ReplayDeadLetterAsync(MemoryBench.Queue, id.ToString(), MemoryBench.Token);
        await bench.DeadLetterAsync(await bench.ReceiveOneAsync(), DeadLetterReason.AttemptsExhausted);

        Assert.Equal(1, await bench.Broker.CountDeadLettersAsync(MemoryBench.Queue, MemoryBench.Token));
        var letter = await bench.Broker.GetDeadLetterAsync(MemoryBench.Queue, id.ToString(), MemoryBench.Token);
        Assert.Equal(DeadLetterReason.AttemptsExhausted, letter!.Reason);
        Assert.Equal(2, letter.Message!.State.Failures.Count);
    }

    [Fact]
    public async Task A_replay_starts_anew_and_keeps_id_and_history()
    {
        await using var bench = new MemoryBench();
        var id = await bench.BuryAsync(bench.Message(9));

        Assert.Equal(ReplayStatus.Replayed, await bench.Broker.ReplayDeadLetterAsync(MemoryBench.Queue, id.ToString(), MemoryBench.Token));

        var delivery = await bench.ReceiveOneAsync();
        Assert.Equal(id, delivery.Message!.Id);
        Assert.Equal(9, MemoryBench.ValueOf(delivery));
        var state = delivery.Message.State;
        Assert.Equal((1, 1, 0, 1), (state.Copy, state.Attempt, state.Crashes, state.Failures.Count));
        Assert.Equal(0, await bench.Broker.CountDeadLettersAsync(MemoryBench.Queue, MemoryBench.Token));
    }

    [Fact]
    public async Task Replays_that_race_make_one_job()
    {
        await using var bench = new MemoryBench();
        var id = await bench.BuryAsync();

        var statuses = await Task.WhenAll(Enumerable.Range(0, 20).Select(_ =>
            Task.Run(async () => await bench.Broker.ReplayDeadLetterAsync(MemoryBench.Queue, id.ToString(), MemoryBench.Token))));

        Assert.Single(statuses, ReplayStatus.Replayed);
        Assert.Equal(19, statuses.Count(static status => status == ReplayStatus.NotFound));
        await bench.ReceiveOneAsync();
        Assert.Empty(await bench.ReceiveAsync());
    }

    [Fact]
    public async Task A_replay_of_a_job_that_lives_again_is_a_conflict()
    {
        await using var bench = new MemoryBench();
        var first = bench.Message();
        first.MayRepeat = true;
        var id = await bench.BuryAsync(first);
        bench.Clock.Advance(TimeSpan.FromMinutes(11));
        var second = bench.Message();
        (second.Id, second.MayRepeat) = (id, true);
        Assert.Equal(SendStatus.Accepted, (await bench.SendAsync(second)).Status);

        Assert.Equal(ReplayStatus.Conflict, await bench.Broker.ReplayDeadLetterAsync(MemoryBench.Queue, id.ToString(), MemoryBench.Token));

        Assert.Equal(1, await bench.Broker.CountDeadLettersAsync(MemoryBench.Queue, MemoryBench.Token));
    }

    [Fact]
    public async Task A_replay_passes_a_full_queue()
    {
        await using var bench = new MemoryBench();
        var id = await bench.BuryAsync();
        await bench.Broker.ProvisionAsync(
            new BrokerTopology("test", [new QueueTopology(MemoryBench.Queue, MemoryBench.Lease) { MaxLength = 0 }]), ProvisionMode.CreateIfMissing, MemoryBench.Token);

        Assert.Equal(ReplayStatus.Replayed, await bench.Broker.ReplayDeadLetterAsync(MemoryBench.Queue, id.ToString(), MemoryBench.Token));
    }

    [Fact]
    public async Task Pages_are_oldest_first_and_stay_good_when_entries_come_and_go()
    {
        await using var bench = new MemoryBench();
        var ids = new List<string>();
        for (var i = 0; i < 5; i++)
        {
            ids.Add((await bench.BuryAsync()).ToString());
        }

        var first = await bench.Broker.GetDeadLettersAsync(MemoryBench.Queue, null, 2, MemoryBench.Token);
        Assert.True(await bench.Broker.DeleteDeadLetterAsync(MemoryBench.Queue, ids[0], MemoryBench.Token));
        Assert.True(await bench.Broker.DeleteDeadLetterAsync(MemoryBench.Queue, ids[2], MemoryBench.Token));
        Assert.False(await bench.Broker.DeleteDeadLetterAsync(MemoryBench.Queue, ids[2], MemoryBench.Token));
        ids.Add((await bench.BuryAsync()).ToString());
        var second = await bench.Broker.GetDeadLettersAsync(MemoryBench.Queue, first.Next, 2, MemoryBench.Token);
        var third = await bench.Broker.GetDeadLettersAsync(MemoryBench.Queue, second.Next, 2, MemoryBench.Token);

        Assert.Equal([ids[0], ids[1]], first.Items.Select(static letter => letter.Key));
        Assert.Equal([ids[3], ids[4]], second.Items.Select(static letter => letter.Key));
        Assert.Equal([ids[5]], third.Items.Select(static letter => letter.Key));
        Assert.Null(third.Next);
        await Assert.ThrowsAsync<ArgumentException>(async () => await bench.Broker.GetDeadLettersAsync(MemoryBench.Queue, "x", 2, MemoryBench.Token));
    }

    [Fact]
    public async Task Beyond_the_limit_the_oldest_goes_counted_and_logged()
    {
        var log = new RecordingLogger();
        await using var bench = new MemoryBench(new MemoryBrokerOptions { MaxDeadLetters = 2 }, log);
        var oldest = await bench.BuryAsync();
        await bench.BuryAsync();
        Assert.Equal(0, bench.Broker.EvictedDeadLetters);

        await bench.BuryAsync();
        await bench.BuryAsync();

        Assert.Equal(2, await bench.Broker.CountDeadLettersAsync(MemoryBench.Queue, MemoryBench.Token));
        Assert.Null(await bench.Broker.GetDeadLetterAsync(MemoryBench.Queue, oldest.ToString(), MemoryBench.Token));
        Assert.Equal(2, bench.Broker.EvictedDeadLetters);
        Assert.Contains("Jobs:Memory:MaxDeadLetters", Assert.Single(log.Lines, static line => line.Contains("dead letters", StringComparison.Ordinal)), StringComparison.Ordinal);
    }

    [Fact]
    public async Task Purge_removes_what_died_before()
    {
        await using var bench = new MemoryBench();
        await bench.BuryAsync();
        bench.Clock.Advance(TimeSpan.FromHours(1));
        var kept = await bench.BuryAsync();

        Assert.Equal(1, await bench.Broker.PurgeDeadLettersAsync(MemoryBench.Queue, bench.Now, MemoryBench.Token));

        var page = await bench.Broker.GetDeadLettersAsync(MemoryBench.Queue, null, 10, MemoryBench.Token);
        Assert.Equal(kept.ToString(), Assert.Single(page.Items).Key);
    }

    [Fact]
    public async Task A_filter_chooses_limits_and_can_be_tried_dry()
    {
        await using var bench = new MemoryBench();
        for (var i = 0; i < 6; i++)
        {
            await bench.BuryAsync(bench.Message(i), i % 2 == 0 ? DeadLetterReason.Poison : DeadLetterReason.Rejected);
        }

        var filter = new ReplayFilter { Reason = DeadLetterReason.Poison, Limit = 2 };
        Assert.Equal(new ReplaySummary(2, 0, 0), await bench.Broker.ReplayDeadLettersAsync(MemoryBench.Queue, filter with { DryRun = true }, MemoryBench.Token));
        Assert.Empty(await bench.ReceiveAsync());

        Assert.Equal(new ReplaySummary(2, 2, 0), await bench.Broker.ReplayDeadLettersAsync(MemoryBench.Queue, filter, MemoryBench.Token));

        Assert.Equal([0, 2], (await bench.ReceiveAsync()).Select(MemoryBench.ValueOf));
        Assert.Equal(new ReplaySummary(0, 0, 0), await bench.Broker.ReplayDeadLettersAsync(MemoryBench.Queue, new ReplayFilter { JobName = "other" }, MemoryBench.Token));
    }

    [Fact(Timeout = 30_000)]
    public async Task A_rate_spreads_a_replay()
    {
        await using var bench = new MemoryBench();
        for (var i = 0; i < 5; i++)
        {
            await bench.BuryAsync();
        }

        var replay = bench.Broker.ReplayDeadLettersAsync(MemoryBench.Queue, new ReplayFilter { PerSecond = 2 }, MemoryBench.Token).AsTask();

        for (var i = 1; i < 5; i++)
        {
            Assert.Equal(i, (await bench.DepthAsync()).Waiting);
            bench.Clock.Advance(TimeSpan.FromMilliseconds(499));
            Assert.Equal(i, (await bench.DepthAsync()).Waiting);
            var next = bench.Clock.NextTimerDue;
            bench.Clock.Advance(TimeSpan.FromMilliseconds(1));

            // The replay goes on by itself, on a thread of the pool.
            while (!replay.IsCompleted && bench.Clock.NextTimerDue is var due && (due is null || due == next))
            {
                await Task.Yield();
            }
        }

        Assert.Equal(new ReplaySummary(5, 5, 0), await replay);
    }

    [Fact]
    public async Task Bytes_that_cannot_be_decoded_die_raw_under_the_brokers_id()
    {
        await using var bench = new MemoryBench();
        await bench.SendManyAsync(1);
        var key = bench.Broker.SendRaw(MemoryBench.Queue, "no job"u8.ToArray());
        await bench.SendManyAsync(1);

        var deliveries = await bench.ReceiveAsync();

        Assert.Equal(3, deliveries.Length);
        var raw = deliveries[1];
        Assert.Null(raw.Message);
        Assert.NotNull(raw.DecodeError);
        Assert.Equal(key, raw.BrokerMessageId);
        Assert.Equal(SettleResult.Ok, await bench.SettleAsync(new Settlement { Delivery = raw, Kind = SettleKind.DeadLetter, Reason = DeadLetterReason.Undecodable }));
        Assert.Null(raw.DecodeError);

        var letter = await bench.Broker.GetDeadLetterAsync(MemoryBench.Queue, key, MemoryBench.Token);
        Assert.Equal("no job"u8, letter!.Document.Span);
        Assert.Null(letter.Message);
        Assert.NotNull(letter.Error);
        Assert.Equal(ReplayStatus.Undecodable, await bench.Broker.ReplayDeadLetterAsync(MemoryBench.Queue, key, MemoryBench.Token));
        Assert.Equal(1, await bench.Broker.CountDeadLettersAsync(MemoryBench.Queue, MemoryBench.Token));
    }

    [Fact]
    public async Task Bytes_that_cannot_be_decoded_can_be_released_deferred_and_lost_like_any_other()
    {
        await using var bench = new MemoryBench();
        var key = bench.Broker.SendRaw(MemoryBench.Queue, "no job"u8.ToArray());

        await bench.SettleAsync(new Settlement { Delivery = await bench.ReceiveOneAsync(), Kind = SettleKind.Release });
        await bench.SettleAsync(new Settlement { Delivery = await bench.ReceiveOneAsync(), Kind = SettleKind.Defer, Due = bench.Now.AddSeconds(1) });
        bench.Clock.Advance(TimeSpan.FromSeconds(1));
        await bench.ReceiveOneAsync();
        bench.Clock.Advance(MemoryBench.Lease);

        var delivery = await bench.ReceiveOneAsync();
        Assert.Equal((key, 2), (delivery.BrokerMessageId, delivery.Deliveries));
    }

    private sealed class RecordingLogger : ILogger<MemoryBroker>
    {
        public List<string> Lines { get; } = [];

        public IDisposable? BeginScope<TState>(TState state)
            where TState : notnull => null;

        public bool IsEnabled(LogLevel logLevel) => true;

        public void Log<TState>(LogLevel logLevel, EventId eventId, TState state, Exception? exception, Func<TState, Exception?, string> formatter) =>
            Lines.Add(formatter(state, exception));
    }
}
