using Jobs.Brokers.Conformance.Harness;
using Xunit;

namespace Jobs.Brokers.Conformance;

/// <summary>An id that was accepted is recognised: a second sending is told so and makes no second job.</summary>
[Needs(Capability.Deduplication)]
public abstract class DeduplicatingConformance<TFixture>(TFixture fixture) : BrokerConformance<TFixture>(fixture)
    where TFixture : BrokerFixture
{
    /// <summary>While it waits, while it runs, and when it is done.</summary>
    [Fact]
    public async Task Dedupe_Same_Id_Within_Window()
    {
        var node = await Bench.NodeAsync();
        var draft = Bench.Draft() with { MayRepeat = true };
        await node.AcceptAsync(draft);

        Assert.Equal(SendStatus.Duplicate, (await node.SendAsync(draft)).Status);
        var delivery = await node.Inbox.ReceiveAsync();
        Assert.Equal(SendStatus.Duplicate, (await node.SendAsync(draft)).Status);
        await node.Inbox.CompleteAsync(delivery);
        Assert.Equal(SendStatus.Duplicate, (await node.SendAsync(draft)).Status);

        Assert.Empty(await node.Inbox.TakeAsync());
    }

    /// <summary>Also by another process.</summary>
    [Fact]
    public async Task Dedupe_Same_Id_From_Another_Process()
    {
        var node = await Bench.NodeAsync();
        var other = await Bench.ConnectAsync();
        var draft = Bench.Draft() with { MayRepeat = true };
        await node.AcceptAsync(draft);

        Assert.Equal(SendStatus.Duplicate, (await other.SendAsync(draft)).Status);

        await node.Inbox.ReceiveAsync();
        Assert.Empty(await node.Inbox.TakeAsync());
    }

    /// <summary>Twice in one send.</summary>
    [Fact]
    public async Task Dedupe_Same_Id_In_One_Batch()
    {
        var node = await Bench.NodeAsync();
        var draft = Bench.Draft() with { MayRepeat = true };

        var results = await node.SendAllAsync([draft, Bench.Draft(), draft]);

        Assert.Equal([SendStatus.Accepted, SendStatus.Accepted, SendStatus.Duplicate], results.Select(static result => result.Status));
        await node.Inbox.ReceiveAsync(2);
        Assert.Empty(await node.Inbox.TakeAsync());
    }

    /// <summary>Producers that race with one id make one job.</summary>
    [Fact]
    public async Task Dedupe_Racing_Producers_Make_One_Job()
    {
        var nodes = new[] { await Bench.NodeAsync(), await Bench.ConnectAsync() };
        var draft = Bench.Draft() with { MayRepeat = true };

        var results = await Task.WhenAll(Enumerable.Range(0, 50).Select(i => Task.Run(() => nodes[i % 2].SendAsync(draft))));

        Assert.Single(results, static result => result.Status == SendStatus.Accepted);
        Assert.Equal(49, results.Count(static result => result.Status == SendStatus.Duplicate));
        await nodes[0].Inbox.ReceiveAsync();
        Assert.Empty(await nodes[0].Inbox.TakeAsync());
    }

    /// <summary>A delayed job has its id from the moment it is accepted.</summary>
    [Fact]
    public async Task Dedupe_Delayed()
    {
        var node = await Bench.NodeAsync();
        var draft = Bench.Draft() with { MayRepeat = true, Due = Bench.Now.AddSeconds(1) };
        await node.AcceptAsync(draft);

        Assert.Equal(SendStatus.Duplicate, (await node.SendAsync(draft)).Status);

        await node.Inbox.ReceiveNotBeforeAsync(draft.Due.Value);
        Assert.Empty(await node.Inbox.TakeAsync());
    }

    /// <summary>Copies of a job are no second sendings of it: retries and releases of a job with a chosen id arrive.</summary>
    [Fact]
    public async Task Dedupe_Does_Not_Swallow_Copies()
    {
        var node = await Bench.NodeAsync();
        var draft = Bench.Draft() with { MayRepeat = true };
        await node.AcceptAsync(draft);
        for (var i = 0; i < 4; i++)
        {
            var delivery = await node.Inbox.ReceiveAsync();
            Assert.Equal(i + 1, delivery.StateOf().Attempt);
            await node.Inbox.RetryAsync(delivery);
            await node.Inbox.ReleaseAsync(await node.Inbox.ReceiveAsync());
            Assert.Equal(SendStatus.Duplicate, (await node.SendAsync(draft)).Status);
        }
    }
}
