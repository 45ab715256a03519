using Jobs.Brokers.Conformance.Harness;
using Jobs.Brokers.Sqs;

namespace Jobs.Brokers.Tests.Sqs.Scenarios;

/// <summary>Ordered and unique jobs on a FIFO queue.</summary>
public sealed class FifoScenarios(SqsFixture fixture) : SqsTests(fixture)
{
    private static readonly Action<SqsBrokerOptions> Fifo = static options => options.FifoQueues.Add(Bench.Queue);

    [Fact]
    public async Task Retries_in_place_are_declared()
    {
        var (node, _) = await OpenAsync(Fifo);

        Assert.Equal([Bench.Queue], node.Broker.Features.InPlaceQueues);
    }

    [Fact]
    public async Task Jobs_of_one_partition_follow_each_other_across_workers_and_others_do_not_wait()
    {
        var (node, _) = await OpenAsync(Fifo);
        var (other, _) = await OpenAsync(Fifo);
        var a = Drafts("a", 5);
        var b = Drafts("b", 5);
        foreach (var (first, second) in a.Zip(b))
        {
            await node.AcceptAsync(first);
            await node.AcceptAsync(second);
        }

        var order = new List<JobId>();
        while (order.Count < 10)
        {
            var inbox = order.Count % 2 == 0 ? node.Inbox : other.Inbox;
            var delivery = await inbox.ReceiveAsync();
            order.Add(delivery.IdOf());
            await inbox.CompleteAsync(delivery);
        }

        Assert.Equal(a.Select(static draft => draft.Id), order.Where(id => a.Any(draft => draft.Id == id)));
        Assert.Equal(b.Select(static draft => draft.Id), order.Where(id => b.Any(draft => draft.Id == id)));
    }

    [Fact]
    public async Task A_retry_is_in_place_counts_and_holds_up_its_partition_only()
    {
        var (node, _) = await OpenAsync(Fifo);
        var a = Drafts("a", 2);
        await node.AcceptAsync(a[0]);
        await node.AcceptAsync(a[1]);
        var due = Bench.Now.AddSeconds(2);
        await node.Inbox.RetryAsync(await node.Inbox.ReceiveAsync(), due);
        var b = Drafts("b", 1)[0];
        await node.AcceptAsync(b);
        Assert.Equal(b.Id, (await node.Inbox.ReceiveAsync()).IdOf());

        var again = await node.Inbox.ReceiveNotBeforeAsync(due);

        Assert.Equal((a[0].Id, 2, 0, 1), (again.IdOf(), again.StateOf().Attempt, again.StateOf().Copy, again.Deliveries));
        await node.Inbox.CompleteAsync(again);
        Assert.Equal(a[1].Id, (await node.Inbox.ReceiveAsync()).IdOf());
    }

    [Fact]
    public async Task S12_a_lease_that_has_passed_refuses_the_end_and_order_is_kept()
    {
        var (node, _) = await OpenAsync(Fifo);
        var (other, _) = await OpenAsync(Fifo);
        var a = Drafts("a", 2);
        await node.AcceptAsync(a[0]);
        await node.AcceptAsync(a[1]);
        var stale = await node.Inbox.ReceiveAsync();
        await node.Inbox.PassLeaseAsync();
        var current = await other.Inbox.ReceiveAsync();
        Assert.Equal(a[0].Id, current.IdOf());

        Assert.Equal(SettleResult.LeaseLost, await node.Inbox.SettleAsync(Inbox.Completion(stale)));

        Assert.Equal(SettleResult.Ok, other.Inbox.Renew(current));
        await other.Inbox.CompleteAsync(current);
        Assert.Equal(a[1].Id, (await other.Inbox.ReceiveAsync()).IdOf());
    }

    [Fact]
    public async Task The_same_id_makes_one_job_and_the_same_key_two_that_follow_each_other()
    {
        var (node, _) = await OpenAsync(Fifo);
        var draft = Bench.Draft();
        var keyed = Bench.Drafts(2).Select(static draft => draft with { Attributes = new Dictionary<string, string> { ["jobkey"] = "welcome:42" } }).ToArray();

        await node.SendAllAsync([draft, draft, .. keyed]);
        await node.SendAsync(draft);

        var deliveries = await node.Inbox.ReceiveAsync(2);
        Assert.Equal(new[] { draft, keyed[0] }.Ids(), deliveries.Ids());
        await node.Inbox.CompleteAsync(deliveries);

        // That only one of a key is sent while another lives is the store's to say; SQS would refuse for minutes more.
        var next = await node.Inbox.ReceiveAsync();
        Assert.Equal(keyed[1].Id, next.IdOf());
        await node.Inbox.CompleteAsync(next);
        await node.Inbox.StaysEmptyAsync(TimeSpan.FromSeconds(1));
    }

    [Fact]
    public async Task A_delay_is_kept_outside_and_a_dead_letter_can_be_replayed()
    {
        var (node, _) = await OpenAsync(Fifo);
        var draft = Bench.Draft() with { Due = Bench.Now.AddSeconds(2) };
        await node.AcceptAsync(draft);
        var delivery = await node.Inbox.ReceiveNotBeforeAsync(draft.Due.Value);
        await node.Inbox.DeadLetterAsync(delivery);
        Assert.NotNull(await node.FindDeadAsync(draft.Id));

        Assert.Equal(ReplayStatus.Replayed, await node.ReplayAsync(draft.Id));

        Assert.Equal(draft.Id, (await node.Inbox.ReceiveAsync()).IdOf());
    }

    private Draft[] Drafts(string partition, int count) =>
        [.. Bench.Drafts(count).Select(draft => draft with { Attributes = new Dictionary<string, string> { ["jobpartition"] = partition } })];
}
