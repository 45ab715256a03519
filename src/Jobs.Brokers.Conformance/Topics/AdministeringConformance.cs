using Jobs.Brokers.Conformance.Harness;
using Xunit;

namespace Jobs.Brokers.Conformance;

/// <summary>Provisioning, and what an operator sees and does.</summary>
public abstract class AdministeringConformance<TFixture>(TFixture fixture) : BrokerConformance<TFixture>(fixture)
    where TFixture : BrokerFixture
{
    /// <summary>Twice, and by many processes at once, is the same as once; messages stay.</summary>
    [Fact]
    public async Task Provision_Idempotent()
    {
        var node = await Bench.NodeAsync();
        await node.AcceptAsync(3);
        var others = await Task.WhenAll(Enumerable.Range(0, 6).Select(_ => Bench.ConnectAsync()));

        await Task.WhenAll(others.Select(other => other.ProvisionAsync(Bench.Topology(), Bench.Topology("other"))));
        await node.ProvisionAsync(ProvisionMode.None, Bench.Topology());
        await node.ProvisionAsync(ProvisionMode.Verify, Bench.Topology(), Bench.Topology("other"));

        await node.Inbox.ReceiveAsync(3);
    }

    /// <summary>A queue that is missing or otherwise than asked for fails the start, and the message names each difference.</summary>
    [Fact]
    public async Task Provision_Verify_Detects_Drift()
    {
        var node = await Bench.ConnectAsync();
        await node.ProvisionAsync(Bench.Topology("same"), Bench.Topology("levels"));

        var error = await Assert.ThrowsAsync<JobConfigurationException>(async () => await node.ProvisionAsync(
            ProvisionMode.Verify,
            Bench.Topology("same"),
            Bench.Topology("levels") with { Priorities = [JobPriority.High, JobPriority.Low] },
            Bench.Topology("absent")));

        Assert.Contains("absent", error.Message, StringComparison.Ordinal);
        Assert.Contains("levels", error.Message, StringComparison.Ordinal);
        Assert.DoesNotContain("same", error.Message, StringComparison.Ordinal);
    }

    /// <summary>Another limit is a difference too.</summary>
    [Fact]
    [Needs(Capability.QueueLimits)]
    public async Task Provision_Verify_Detects_Another_Limit()
    {
        var node = await Bench.ConnectAsync();
        await node.ProvisionAsync(Bench.Topology("limited") with { MaxLength = 5 });

        var error = await Assert.ThrowsAsync<JobConfigurationException>(async () =>
            await node.ProvisionAsync(ProvisionMode.Verify, Bench.Topology("limited") with { MaxLength = 6 }));

        Assert.Contains("limited", error.Message, StringComparison.Ordinal);
    }

    /// <summary>Verifying makes nothing.</summary>
    [Fact]
    public async Task Provision_Verify_Creates_Nothing()
    {
        var node = await Bench.ConnectAsync();
        for (var i = 0; i < 2; i++)
        {
            await Assert.ThrowsAsync<JobConfigurationException>(async () => await node.ProvisionAsync(ProvisionMode.Verify, Bench.Topology("absent")));
        }
    }

    /// <summary>A broker names itself, says what it can, and is well.</summary>
    [Fact]
    public async Task Broker_Describes_Itself()
    {
        var node = await Bench.NodeAsync();

        Assert.Matches("^[a-z0-9-]+$", node.Broker.Name);
        Assert.Equal(BrokerStatus.Connected, node.Broker.Health.Status);
        Assert.InRange(node.Broker.Features.MaxDocumentBytes, 64 * 1024, int.MaxValue);
        Assert.True(node.Broker.Features is { MaxSendBatch: > 0, MaxReceiveBatch: > 0 });
    }

    /// <summary>Two brokers in one process, on different namespaces, know nothing of each other.</summary>
    [Fact]
    public async Task Two_Brokers_In_One_Process()
    {
        var node = await Bench.NodeAsync();
        await using var stranger = new Bench(Fixture);
        var other = await stranger.NodeAsync();
        var mine = await node.AcceptAsync(5);
        var theirs = await other.AcceptAsync(5);

        Assert.Equal(mine.Ids(), (await node.Inbox.ReceiveAsync(5)).Ids());
        Assert.Equal(theirs.Ids(), (await other.Inbox.ReceiveAsync(5)).Ids());
        Assert.Empty(await node.Inbox.TakeAsync());
    }

    /// <summary>Every message is in one place: waiting, in hand, delayed, or dead.</summary>
    [Fact]
    [Needs(Capability.QueueAdmin, Capability.ExactDepth)]
    public async Task Depth_Reflects_Waiting_InFlight_Delayed_Dead()
    {
        var node = await Bench.NodeAsync();
        await node.HasDepthAsync(0, 0, 0);
        await node.AcceptAsync(6);
        await node.AcceptAsync([.. Bench.Drafts(2).Select(draft => draft with { Due = Bench.Now.AddHours(1) })]);
        await node.HasDepthAsync(6, 0, 2);

        var deliveries = await node.Inbox.ReceiveAsync(4);
        await node.HasDepthAsync(2, 4, 2);
        await node.Inbox.RetryAsync(deliveries[0], Bench.Now.AddHours(1));
        await node.Inbox.ReleaseAsync(deliveries[1]);
        await node.Inbox.CompleteAsync(deliveries[2]);
        await node.HasDepthAsync(3, 1, 3);
        if (Fixture.Declares(Capability.DeadLetters))
        {
            await node.Inbox.DeadLetterAsync(deliveries[3]);
            await node.HasDepthAsync(3, 0, 3);
            Assert.Equal(1, await node.CountDeadAsync());
        }
    }

    /// <summary>Levels add up.</summary>
    [Fact]
    [Needs(Capability.QueueAdmin, Capability.ExactDepth)]
    public async Task Depth_Spans_All_Levels()
    {
        JobPriority[] all = [JobPriority.High, JobPriority.Normal, JobPriority.Low];
        var node = await Bench.NodeAsync(Bench.Topology() with { Priorities = all });
        await node.AcceptAsync([.. Bench.Drafts(9).Select((draft, i) => draft with { Priority = all[i % 3] })]);

        await node.HasDepthAsync(9, 0, 0);
        await node.Inbox.ReceiveAsync(4);
        await node.HasDepthAsync(5, 4, 0);
    }

    /// <summary>How long the oldest has waited; a delay is no wait.</summary>
    [Fact]
    [Needs(Capability.QueueAdmin, Capability.OldestAge)]
    public async Task Depth_Tells_The_Oldest_Age()
    {
        var node = await Bench.NodeAsync();
        Assert.Equal(TimeSpan.Zero, (await node.DepthAsync()).OldestAge);
        await node.AcceptAsync(Bench.Draft() with { Due = Bench.Now.AddHours(1) });
        var start = Bench.Now;
        await node.AcceptAsync(1);
        await Bench.PassAsync(TimeSpan.FromSeconds(1));
        await node.AcceptAsync(1);

        var age = (await node.DepthAsync()).OldestAge;

        Assert.InRange(age, TimeSpan.FromSeconds(0.9), Bench.Now - start + TimeSpan.FromMilliseconds(1));
        await node.Inbox.CompleteAsync(await node.Inbox.ReceiveAsync(2));
        Assert.Equal(TimeSpan.Zero, (await node.DepthAsync()).OldestAge);
    }

    /// <summary>A queue that nobody used is empty.</summary>
    [Fact]
    [Needs(Capability.QueueAdmin)]
    public async Task Depth_Of_An_Unused_Queue_Is_Zero()
    {
        var node = await Bench.NodeAsync();

        Assert.Equal(new QueueDepth(0, 0, 0, TimeSpan.Zero), await node.DepthAsync());
        Assert.Equal(0, await node.Admin.PurgeAsync(Bench.Queue, Token));
        Assert.False(await node.Admin.IsPausedAsync(Bench.Queue, Token));
    }

    /// <summary>Whatever way jobs went, once they are done nothing of them is left: neither for us to see nor on the server.</summary>
    [Fact]
    public async Task Completed_Messages_Leave_Nothing_Behind()
    {
        var node = await Bench.NodeAsync();
        await WorkAsync(node, 20);
        var before = await Fixture.CountStoredAsync(Bench.Target, Bench.Queue, Token);

        await WorkAsync(node, 1_000);

        if (Fixture.Declares(Capability.ExactDepth))
        {
            await node.HasDepthAsync(0, 0, 0);
        }

        await node.Inbox.StaysEmptyAsync(Fixture.Lease + Fixture.Slack);
        Assert.Equal(before, await Fixture.CountStoredAsync(Bench.Target, Bench.Queue, Token));
    }

    /// <summary>A paused queue hands out nothing, in no process; what is in hand goes on; a resume wakes who waits.</summary>
    [Fact]
    [Needs(Capability.QueueAdmin)]
    public async Task Pause_Stops_Handing_Out_Everywhere()
    {
        var node = await Bench.NodeAsync();
        var other = await Bench.NodeAsync();
        await node.AcceptAsync(1);
        var inHand = await node.Inbox.ReceiveAsync();
        await node.Admin.SetPausedAsync(Bench.Queue, true, Token);
        Assert.True(await other.Admin.IsPausedAsync(Bench.Queue, Token));

        // Who waits already may take what it was about to take; from then on nobody takes anything.
        await Bench.UntilAsync(async () =>
        {
            await node.AcceptAsync(1);
            return (await other.Inbox.TakeAsync(1)).Length == 0;
        }, "the other process hands out nothing");
        Assert.Equal(SettleResult.Ok, node.Inbox.Renew(inHand));
        await node.Inbox.CompleteAsync(inHand);
        await other.Inbox.StaysEmptyAsync(Fixture.Lease / 2);

        var waiting = other.Inbox.ReceiveAsync();
        await node.Admin.SetPausedAsync(Bench.Queue, false, Token);

        await waiting;
        Assert.False(await other.Admin.IsPausedAsync(Bench.Queue, Token));
    }

    /// <summary>A pause holds one queue, not its neighbours.</summary>
    [Fact]
    [Needs(Capability.QueueAdmin)]
    public async Task Pause_Holds_One_Queue()
    {
        var node = await Bench.NodeAsync([Bench.Topology(), Bench.Topology("other")]);
        var other = await node.OpenAsync("other");
        await node.Admin.SetPausedAsync(Bench.Queue, true, Token);
        await node.AcceptAsync(Bench.Draft() with { Queue = "other" });

        await other.ReceiveAsync();
    }

    /// <summary>A purge removes what waits and what is delayed, and nothing else.</summary>
    [Fact]
    [Needs(Capability.QueueAdmin)]
    public async Task Purge()
    {
        var node = await Bench.NodeAsync([Bench.Topology(), Bench.Topology("other")]);
        await node.AcceptAsync(5);
        var inHand = await node.Inbox.ReceiveAsync(2);
        await node.AcceptAsync([.. Bench.Drafts(4).Select(draft => draft with { Due = Bench.Now.AddHours(1) })]);
        await node.AcceptAsync(Bench.Draft() with { Queue = "other" });

        Assert.Equal(7, await node.Admin.PurgeAsync(Bench.Queue, Token));

        Assert.Empty(await node.Inbox.TakeAsync());
        Assert.Equal((0, 0), ((await node.DepthAsync()).Waiting, (await node.DepthAsync()).Delayed));
        Assert.All(node.Inbox.RenewAll(inHand), static result => Assert.Equal(SettleResult.Ok, result));
        await node.Inbox.CompleteAsync(inHand);
        Assert.Equal(1, (await node.DepthAsync("other")).Waiting);
        await node.AcceptAsync(1);
        await node.Inbox.ReceiveAsync();
    }

    // Jobs that end in every way, some of them after a delay, a retry, or a life as a dead letter.
    private async Task WorkAsync(Node node, int count)
    {
        await node.AcceptAsync([.. Bench.Drafts(count).Select((draft, i) => draft with { MayRepeat = i % 3 == 0, Due = i % 5 == 0 ? Bench.Now.AddMilliseconds(5) : null })]);
        await Bench.PassAsync(TimeSpan.FromMilliseconds(10));
        var deliveries = await node.Inbox.ReceiveAsync(count);
        await node.Inbox.SettleAllAsync([.. deliveries.Select((delivery, i) => (i % 4) switch
        {
            0 => node.Inbox.Retry(delivery, Bench.Now.AddMilliseconds(1)),
            1 => new Settlement { Delivery = delivery, Kind = SettleKind.Release },
            2 when Fixture.Declares(Capability.DeadLetters) => node.Inbox.Death(delivery),
            _ => Inbox.Completion(delivery),
        })]);
        await Bench.PassAsync(TimeSpan.FromMilliseconds(10));
        if (Fixture.Declares(Capability.DeadLetters))
        {
            await node.ReplayAsync(new ReplayFilter { Limit = count / 8 });
            await node.DeadLetters.PurgeDeadLettersAsync(Bench.Queue, Bench.Now.AddMinutes(1), Token);
        }

        var back = (count / 2) + (Fixture.Declares(Capability.DeadLetters) ? count / 8 : 0);
        await node.Inbox.CompleteAsync(await node.Inbox.ReceiveAsync(back));
    }
}
