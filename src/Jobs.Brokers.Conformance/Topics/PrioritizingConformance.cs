using Jobs.Brokers.Conformance.Harness;
using Xunit;

namespace Jobs.Brokers.Conformance;

/// <summary>Higher levels first, lower ones nevertheless, and no level that swallows what nobody provisioned.</summary>
[Needs(Capability.Priorities)]
public abstract class PrioritizingConformance<TFixture>(TFixture fixture) : BrokerConformance<TFixture>(fixture)
    where TFixture : BrokerFixture
{
    private static readonly JobPriority[] All = [JobPriority.High, JobPriority.Normal, JobPriority.Low];

    /// <summary>A job of a high level does not wait for the backlog below it.</summary>
    [Fact]
    public async Task HighPriority_Overtakes_Backlog()
    {
        var node = await Bench.NodeAsync(Bench.Topology() with { Priorities = All });
        await node.AcceptAsync(200);
        var high = Bench.Draft() with { Priority = JobPriority.High };
        await node.AcceptAsync(high);

        var first = await node.Inbox.ReceiveAsync(5);

        Assert.Contains(high.Id, first.Select(static delivery => delivery.IdOf()));
    }

    /// <summary>A steady stream above starves nobody below.</summary>
    [Fact]
    public async Task LowPriority_Not_Starved()
    {
        const int Patience = 300;
        var node = await Bench.NodeAsync(Bench.Topology() with { Priorities = All });
        await node.AcceptAsync([.. Bench.Drafts(20).Select(static draft => draft with { Priority = JobPriority.High })]);
        var low = Bench.Draft() with { Priority = JobPriority.Low };
        await node.AcceptAsync(low);
        for (var i = 0; i < Patience; i++)
        {
            var delivery = await node.Inbox.ReceiveAsync();
            var isLow = delivery.IdOf() == low.Id;
            await node.Inbox.CompleteAsync(delivery);
            if (isLow)
            {
                return;
            }

            await node.AcceptAsync(Bench.Draft() with { Priority = JobPriority.High });
        }

        Assert.Fail($"The low job waits behind {Patience} high ones that came later.");
    }

    /// <summary>A job whose level was not provisioned runs all the same.</summary>
    [Fact]
    public async Task Level_That_Is_Not_Provisioned_Is_Delivered()
    {
        var node = await Bench.NodeAsync();
        Draft[] drafts = [.. All.Select(level => Bench.Draft() with { Priority = level })];
        await node.AcceptAsync(drafts);

        Assert.Equal(drafts.Ids(), (await node.Inbox.ReceiveAsync(3)).Ids());
    }

    /// <summary>All levels are waited for at once.</summary>
    [Fact]
    public async Task Every_Level_Wakes_A_Waiting_Receiver()
    {
        var node = await Bench.NodeAsync(Bench.Topology() with { Priorities = All });
        foreach (var level in All)
        {
            var waiting = node.Inbox.ReceiveAsync();
            var draft = Bench.Draft() with { Priority = level };
            await node.AcceptAsync(draft);
            var delivery = await waiting;
            Assert.Equal((draft.Id, level), (delivery.IdOf(), delivery.Message!.Attributes.Priority));
            await node.Inbox.CompleteAsync(delivery);
        }
    }

    /// <summary>A copy keeps its level, and what a worker lost does too.</summary>
    [Fact]
    public async Task Copies_And_Lost_Leases_Keep_Their_Level()
    {
        var node = await Bench.NodeAsync(Bench.Topology() with { Priorities = All });
        var high = Bench.Draft() with { Priority = JobPriority.High };
        await node.AcceptAsync(high);
        await node.Inbox.RetryAsync(await node.Inbox.ReceiveAsync());
        var delivery = await node.Inbox.ReceiveAsync();
        Assert.Equal((high.Id, JobPriority.High), (delivery.IdOf(), delivery.Message!.Attributes.Priority));
        await node.Inbox.PassLeaseAsync();

        Assert.Equal(high.Id, (await node.Inbox.ReceiveAsync()).IdOf());
    }

    /// <summary>Credit spans the levels: one receive may fill its buffer from all.</summary>
    [Fact]
    public async Task Credit_Is_Shared_Among_Levels()
    {
        var node = await Bench.NodeAsync(Bench.Topology() with { Priorities = All });
        Draft[] drafts = [.. Bench.Drafts(30).Select(static (draft, i) => draft with { Priority = All[i % 3] })];
        await node.AcceptAsync(drafts);

        var first = await node.Inbox.TakeAsync(12);
        Assert.InRange(first.Length, 1, 12);
        var rest = await node.Inbox.ReceiveAsync(30 - first.Length);

        Assert.Equal(drafts.Ids(), first.Concat(rest).Ids());
    }
}
