using Jobs.Brokers.Conformance.Harness;
using Xunit;

namespace Jobs.Brokers.Conformance;

/// <content>What handlers enqueue.</content>
public abstract partial class SettlingConformance<TFixture>
{
    /// <summary>What a handler enqueued is in its queues once the handler's job is gone.</summary>
    [Fact]
    public async Task Then_Is_Sent_With_The_Completion()
    {
        var node = await Bench.NodeAsync([Bench.Topology(), Bench.Topology("other")]);
        var other = await node.OpenAsync("other");
        var parent = (await node.AcceptAsync(1))[0];
        Draft[] children = [Child(parent, 0), Child(parent, 1) with { Queue = "other" }, Child(parent, 2) with { Queue = "other", Due = Bench.Now + Delay }];

        Assert.Equal(SettleResult.Ok, await node.Inbox.SettleAsync(With(await node.Inbox.ReceiveAsync(), children)));

        Assert.Equal(children[0].Id, (await node.Inbox.ReceiveAsync()).IdOf());
        Assert.Equal(children[1].Document(), (await other.ReceiveAsync()).DocumentOf());
        Assert.Equal(children[2].Id, (await other.ReceiveNotBeforeAsync(children[2].Due!.Value)).IdOf());
    }

    /// <summary>A job whose children cannot be stored is not gone: it comes back.</summary>
    [Fact]
    public async Task Then_That_Is_Refused_Keeps_The_Job()
    {
        var node = await Bench.NodeAsync();
        var parent = (await node.AcceptAsync(1))[0];
        var child = Child(parent, 0) with { Data = $"\"{new string('x', node.Broker.Features.MaxDocumentBytes)}\"" };

        Assert.NotEqual(SettleResult.Ok, await node.Inbox.SettleAsync(With(await node.Inbox.ReceiveAsync(), child)));

        await node.Inbox.PassLeaseAsync();
        Assert.Equal(parent.Id, (await node.Inbox.ReceiveAsync()).IdOf());
    }

    /// <summary>A second run of a job enqueues no second children: their ids are its own, numbered.</summary>
    [Fact]
    [Needs(Capability.Deduplication)]
    public async Task Then_Of_A_Second_Run_Duplicates_Nothing()
    {
        var node = await Bench.NodeAsync();
        var parent = (await node.AcceptAsync(1))[0];
        var delivery = await node.Inbox.ReceiveAsync();
        await node.AcceptAsync(Child(parent, 0));

        Assert.Equal(SettleResult.Ok, await node.Inbox.SettleAsync(With(delivery, Child(parent, 0), Child(parent, 1))));

        Assert.Equal(new[] { Child(parent, 0), Child(parent, 1) }.Ids(), (await node.Inbox.ReceiveAsync(2)).Ids());
        Assert.Empty(await node.Inbox.TakeAsync());
    }

    /// <summary>A limit refuses producers. A handler that waited for room could wait for itself, and a retry refused would be a job lost.</summary>
    [Fact]
    [Needs(Capability.QueueLimits)]
    public async Task Limits_Refuse_No_Retry_Release_Or_Then()
    {
        var node = await Bench.NodeAsync(Bench.Topology() with { MaxLength = Fixture.LimitCountsInHand ? 8 : 4 });
        var drafts = await node.AcceptAsync(4);
        var deliveries = await node.Inbox.ReceiveAsync(drafts);
        await node.AcceptAsync(4);
        Assert.Equal(SendStatus.QueueFull, (await node.SendAsync(Bench.Draft())).Status);

        await node.Inbox.RetryAsync(deliveries[0]);
        await node.Inbox.ReleaseAsync(deliveries[1]);
        await node.Inbox.DeferAsync(deliveries[2], Bench.Now);
        Assert.Equal(SettleResult.Ok, await node.Inbox.SettleAsync(With(deliveries[3], Child(drafts[3], 0))));

        await node.Inbox.ReceiveAsync(8);
    }

    private static Settlement With(JobDelivery delivery, params Draft[] children) =>
        Inbox.Completion(delivery) with { Then = [.. children.Select(static child => child.Build())] };

    private Draft Child(Draft parent, int index) => Bench.Draft() with { Id = parent.Id.Child(index), EnqueuedAt = parent.EnqueuedAt, MayRepeat = true };
}
