using Jobs.Brokers.Conformance.Harness;
using Xunit;

namespace Jobs.Brokers.Conformance;

/// <content>What belongs to others.</content>
public abstract partial class ExpiringConformance<TFixture>
{
    /// <summary>Another application with queues of the same names, and a worker of another queue: neither takes, rescues, moves, replays or purges what is not its own.</summary>
    [Fact]
    public async Task S18_What_Others_Own_Is_Left_Alone()
    {
        var owner = await Bench.NodeAsync();
        var stranger = await Bench.StrangerAsync();
        await stranger.ProvisionAsync(Bench.Topology());
        await stranger.OpenAsync();
        var neighbour = await Bench.NodeAsync(Bench.Topology("other"));
        var dead = Fixture.Declares(Capability.DeadLetters) ? await owner.BuryAsync(Bench.Drafts(2)) : [];
        var drafts = await owner.AcceptAsync(8);
        var delayed = Bench.Draft() with { Due = Bench.Now + Fixture.Lease };
        await owner.AcceptAsync(delayed);
        await owner.Inbox.ReceiveAsync(5);
        await owner.DisposeAsync();

        await Bench.PassAsync(Fixture.Lease);
        await Task.WhenAll(stranger.Inbox.StaysEmptyAsync(Fixture.Lease + Fixture.Slack), neighbour.Inbox.StaysEmptyAsync(Fixture.Lease + Fixture.Slack));
        await AdministerAsync(stranger, Bench.Queue);
        await AdministerAsync(neighbour, "other");

        var next = await Bench.NodeAsync();
        Assert.Equal(drafts.Append(delayed).Ids(), (await next.Inbox.ReceiveAsync(9)).Ids());
        if (dead.Length > 0)
        {
            Assert.Equal(dead.Length, await next.CountDeadAsync());
        }
    }

    // All that a process may do to its own queues; here they are empty.
    private async Task AdministerAsync(Node node, string queue)
    {
        if (Fixture.Declares(Capability.QueueAdmin))
        {
            Assert.Equal(0, await Bench.WithinAsync(node.Admin.PurgeAsync(queue, Token)));
            await Bench.WithinAsync(node.Admin.SetPausedAsync(queue, true, Token));
        }

        if (Fixture.Declares(Capability.DeadLetters))
        {
            Assert.Equal(0, (await Bench.WithinAsync(node.DeadLetters.ReplayDeadLettersAsync(queue, new ReplayFilter(), Token))).Replayed);
            Assert.Equal(0, await Bench.WithinAsync(node.DeadLetters.PurgeDeadLettersAsync(queue, Bench.Now.AddDays(1), Token)));
        }
    }
}
