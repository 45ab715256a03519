using Jobs.Brokers.Conformance.Harness;
using Jobs.Messages;
using Xunit;

namespace Jobs.Brokers.Conformance;

/// <summary>A dead job can be given another life: one, whoever asks and however often.</summary>
[Needs(Capability.DeadLetters)]
public abstract class ReplayingConformance<TFixture>(TFixture fixture) : BrokerConformance<TFixture>(fixture)
    where TFixture : BrokerFixture
{
    /// <summary>Attempts and crashes start anew; id, document and history stay.</summary>
    [Fact]
    public async Task DeadLetter_Requeue_Resets_Attempt()
    {
        var node = await Bench.NodeAsync();
        var draft = Bench.Draft() with { Attributes = new Dictionary<string, string> { ["traceparent"] = "00-0af7651916cd43dd8448eb211c80319c-b7ad6b7169203331-01" } };
        await node.AcceptAsync(draft);
        await node.Inbox.RetryAsync(await node.Inbox.ReceiveAsync());
        await node.Inbox.DeadLetterAsync(await node.Inbox.ReceiveAsync());

        Assert.Equal(ReplayStatus.Replayed, await node.ReplayAsync(draft.Id));

        var delivery = await node.Inbox.ReceiveAsync();
        var state = delivery.StateOf();
        Assert.Equal(draft.Document(), delivery.DocumentOf());
        Assert.Equal((1, 0), (state.Attempt, state.Crashes));
        if (Fixture.Declares(Capability.Copies))
        {
            Assert.Equal((2, 2), (state.Copy, state.Failures.Count));
        }

        Assert.Equal(0, await node.CountDeadAsync());
        await node.Inbox.CompleteAsync(delivery);
        await node.Inbox.StaysEmptyAsync(Fixture.Lease + Fixture.Slack);
    }

    /// <summary>A job may die and be replayed again and again: no copy is taken for an earlier one.</summary>
    [Fact]
    public async Task Replay_After_Replay()
    {
        var node = await Bench.NodeAsync();
        var id = (await node.BuryAsync(Bench.Draft()))[0].Id;
        for (var round = 1; round <= 4; round++)
        {
            Assert.Equal(ReplayStatus.Replayed, await node.ReplayAsync(id));
            await node.Inbox.RetryAsync(await node.Inbox.ReceiveAsync());
            var delivery = await node.Inbox.ReceiveAsync();
            Assert.Equal((id, 2), (delivery.IdOf(), delivery.StateOf().Attempt));
            await node.Inbox.DeadLetterAsync(delivery);
            Assert.Equal(1, await node.CountDeadAsync());
        }

        Assert.Equal(ReplayStatus.Replayed, await node.ReplayAsync(id));
        await node.Inbox.CompleteAsync(await node.Inbox.ReceiveAsync());
        Assert.Equal(ReplayStatus.NotFound, await node.ReplayAsync(id));
        Assert.Empty(await node.Inbox.TakeAsync());
    }

    /// <summary>The same for a job whose id the caller chose.</summary>
    [Fact]
    [Needs(Capability.Deduplication)]
    public async Task Replay_After_Replay_Of_A_Job_With_A_Chosen_Id()
    {
        var node = await Bench.NodeAsync();
        var draft = (await node.BuryAsync(Bench.Draft() with { MayRepeat = true }))[0];
        for (var round = 1; round <= 3; round++)
        {
            Assert.Equal(ReplayStatus.Replayed, await node.ReplayAsync(draft.Id));
            Assert.Equal(SendStatus.Duplicate, (await node.SendAsync(draft)).Status);
            await node.Inbox.DeadLetterAsync(await node.Inbox.ReceiveAsync());
        }
    }

    /// <summary>Replays that race make one job.</summary>
    [Fact]
    public async Task D10_Replay_Concurrently_Makes_One_Job()
    {
        var nodes = new[] { await Bench.NodeAsync(), await Bench.NodeAsync() };
        var node = nodes[0];
        var drafts = await node.BuryAsync(Bench.Drafts(5));

        foreach (var draft in drafts)
        {
            var statuses = await Task.WhenAll(Enumerable.Range(0, 16).Select(i => Task.Run(() => nodes[i % 2].ReplayAsync(draft.Id))));
            Assert.Single(statuses, ReplayStatus.Replayed);
            Assert.Equal(15, statuses.Count(static status => status == ReplayStatus.NotFound));
        }

        Assert.Equal(drafts.Ids(), (await node.Inbox.ReceiveAsync(5)).Ids());
        Assert.Empty(await node.Inbox.TakeAsync());
    }

    /// <summary>Filtered replays that race make one job each, too.</summary>
    [Fact]
    public async Task Replay_By_Filter_Concurrently_Makes_One_Job_Each()
    {
        var nodes = new[] { await Bench.NodeAsync(), await Bench.NodeAsync() };
        var drafts = await nodes[0].BuryAsync(Bench.Drafts(20));

        var summaries = await Task.WhenAll(nodes.Select(static node => Task.Run(() => node.ReplayAsync(new ReplayFilter()))));

        Assert.Equal((20, 0), (summaries.Sum(static summary => summary.Replayed), summaries.Sum(static summary => summary.Failed)));
        Assert.Equal(drafts.Ids(), (await nodes[0].Inbox.ReceiveAsync(20)).Ids());
        Assert.Empty(await nodes[0].Inbox.TakeAsync());
        Assert.Equal(0, await nodes[0].CountDeadAsync());
    }

    /// <summary>A replay wakes a worker that waits.</summary>
    [Fact]
    public async Task Replay_Wakes_A_Waiting_Receiver()
    {
        var node = await Bench.NodeAsync();
        var other = await Bench.NodeAsync();
        var id = (await node.BuryAsync(Bench.Draft()))[0].Id;
        var waiting = other.Inbox.ReceiveAsync();

        Assert.Equal(ReplayStatus.Replayed, await node.ReplayAsync(id));

        Assert.Equal(id, (await waiting).IdOf());
    }

    /// <summary>Bytes that nobody can decode are no job: the entry stays.</summary>
    [Fact]
    public async Task Replay_Of_Undecodable_Bytes_Keeps_The_Entry()
    {
        var node = await Bench.NodeAsync();
        await node.SendRawAsync("no job"u8.ToArray());
        var delivery = await node.Inbox.ReceiveAsync();
        var key = delivery.BrokerMessageId;
        await node.Inbox.SettleAsync(new Settlement { Delivery = delivery, Kind = SettleKind.DeadLetter, Reason = DeadLetterReason.Undecodable });

        Assert.Equal(ReplayStatus.Undecodable, await node.DeadLetters.ReplayDeadLetterAsync(Bench.Queue, key, Token));
        Assert.Equal(new ReplaySummary(1, 0, 1), await node.ReplayAsync(new ReplayFilter()));

        Assert.Equal(1, await node.CountDeadAsync());
        Assert.Empty(await node.Inbox.TakeAsync());
    }

    /// <summary>No limit refuses a replay.</summary>
    [Fact]
    [Needs(Capability.QueueLimits)]
    public async Task Replay_Passes_A_Full_Queue()
    {
        var node = await Bench.NodeAsync(Bench.Topology() with { MaxLength = 2 });
        var id = (await node.BuryAsync(Bench.Draft()))[0].Id;
        await node.AcceptAsync(2);

        Assert.Equal(ReplayStatus.Replayed, await node.ReplayAsync(id));

        await node.Inbox.ReceiveAsync(3);
    }

    /// <summary>A filter chooses by name, reason and time, up to a limit; tried dry, it only counts.</summary>
    [Fact]
    public async Task Replay_By_Filter()
    {
        var node = await Bench.NodeAsync();
        var others = await node.BuryAsync([.. Bench.Drafts(2).Select(static draft => draft with { Name = "conformance.other" })]);
        await Bench.PassAsync(TimeSpan.FromMilliseconds(20));
        var border = Bench.Now;
        await Bench.PassAsync(TimeSpan.FromMilliseconds(20));
        var drafts = Bench.Drafts(6);
        for (var i = 0; i < drafts.Length; i++)
        {
            await node.AcceptAsync(drafts[i]);
            await node.Inbox.DeadLetterAsync(await node.Inbox.ReceiveAsync(), i % 2 == 0 ? DeadLetterReason.Poison : DeadLetterReason.Rejected);
        }

        Assert.Equal(2, (await node.ReplayAsync(new ReplayFilter { JobName = "conformance.other", DryRun = true })).Matched);
        Assert.Equal(2, (await node.ReplayAsync(new ReplayFilter { DiedBefore = border, DryRun = true })).Matched);
        Assert.Equal(6, (await node.ReplayAsync(new ReplayFilter { DiedFrom = border, DryRun = true })).Matched);
        var filter = new ReplayFilter { Reason = DeadLetterReason.Poison, Limit = 2 };
        Assert.Equal(new ReplaySummary(2, 0, 0), await node.ReplayAsync(filter with { DryRun = true }));
        Assert.Empty(await node.Inbox.TakeAsync());
        Assert.Equal(8, await node.CountDeadAsync());

        Assert.Equal(new ReplaySummary(2, 2, 0), await node.ReplayAsync(filter));

        Assert.Equal(new[] { drafts[0], drafts[2] }.Ids(), (await node.Inbox.ReceiveAsync(2)).Ids());
        Assert.Empty(await node.Inbox.TakeAsync());
        Assert.Equal(new ReplaySummary(2, 2, 0), await node.ReplayAsync(new ReplayFilter { JobName = "conformance.other" }));
        Assert.Equal(others.Ids(), (await node.Inbox.ReceiveAsync(2)).Ids());
        Assert.Equal(4, await node.CountDeadAsync());
    }

    /// <summary>A replay of many goes beyond a page.</summary>
    [Fact]
    public async Task D10_Replay_By_Filter_Of_Many()
    {
        var node = await Bench.NodeAsync();
        var drafts = await node.AcceptAsync(1_500);
        var deaths = (await node.Inbox.ReceiveAsync(1_500)).Select(delivery => node.Inbox.Death(delivery)).ToArray();
        Assert.All(await node.Inbox.SettleAllAsync(deaths), static result => Assert.Equal(SettleResult.Ok, result));

        Assert.Equal(new ReplaySummary(1_500, 1_500, 0), await node.ReplayAsync(new ReplayFilter()));

        var back = await node.Inbox.ReceiveAsync(1_500);
        Assert.Equal(drafts.Ids(), back.Ids());
        await node.Inbox.CompleteAsync(back);
        Assert.Equal(0, await node.CountDeadAsync());
    }

    /// <summary>A rate spreads a replay, so that it does not overrun what the jobs call.</summary>
    [Fact]
    public async Task Replay_By_Filter_Keeps_Its_Rate()
    {
        var node = await Bench.NodeAsync();
        await node.BuryAsync(Bench.Drafts(6));
        var start = Bench.Now;

        var replay = node.ReplayAsync(new ReplayFilter { PerSecond = 5 });
        await Bench.UntilAsync(() => Task.FromResult(replay.IsCompleted), "the replay ends");

        Assert.Equal(new ReplaySummary(6, 6, 0), await replay);
        Assert.True(Bench.Now - start >= TimeSpan.FromSeconds(0.8), $"Six jobs at five a second took {Bench.Now - start}.");
        await node.Inbox.ReceiveAsync(6);
    }

    /// <summary>Filters that make no sense are errors of the caller.</summary>
    [Fact]
    public async Task Replay_Refuses_Nonsense()
    {
        var node = await Bench.NodeAsync();

        await Assert.ThrowsAnyAsync<ArgumentException>(() => node.ReplayAsync(new ReplayFilter { Limit = 0 }));
        await Assert.ThrowsAnyAsync<ArgumentException>(() => node.ReplayAsync(new ReplayFilter { PerSecond = 0 }));
    }
}
