using Jobs.Brokers.Conformance.Harness;

namespace Jobs.Brokers.Tests.Sqs.Administration;

public sealed class SqsQueueTests(SqsFixture fixture) : SqsTests(fixture)
{
    [Fact]
    public async Task A_pause_is_a_tag_that_operators_see_and_set()
    {
        var (node, _) = await OpenAsync();
        var raw = Raw();
        var url = await raw.GetQueueUrlAsync(Name(), Token);

        await node.Admin.SetPausedAsync(Bench.Queue, true, Token);
        Assert.Equal("true", (await raw.ListQueueTagsAsync(url, Token))["jobs:paused"]);

        await raw.UntagQueueAsync(url, ["jobs:paused"], Token);
        Assert.False(await node.Admin.IsPausedAsync(Bench.Queue, Token));
    }

    [Fact]
    public async Task A_worker_that_may_not_see_tags_works()
    {
        var (node, client) = await OpenAsync();
        client.Refuse = static (action, _) => action == "ListQueueTags" ? WatchedClient.Denied("ListQueueTags") : null;
        var drafts = await node.AcceptAsync(1);

        Assert.Equal(drafts[0].Id, (await node.Inbox.ReceiveAsync()).IdOf());
    }

    [Fact]
    public async Task The_oldest_age_is_that_of_what_was_received_here_while_more_waits()
    {
        var (node, _) = await OpenAsync();
        await node.AcceptAsync(30);
        await Bench.PassAsync(TimeSpan.FromSeconds(1));
        Assert.Equal(TimeSpan.Zero, (await node.DepthAsync()).OldestAge);

        await node.Inbox.ReceiveAsync(1);

        var depth = await node.DepthAsync();
        Assert.Equal(29, depth.Waiting);
        Assert.InRange(depth.OldestAge, TimeSpan.FromSeconds(0.9), TimeSpan.FromSeconds(10));
    }

    [Fact]
    public async Task What_SQS_itself_delays_is_dropped_when_it_comes_after_a_purge()
    {
        var (node, _) = await OpenAsync();
        await node.AcceptAsync([.. Bench.Drafts(3).Select(draft => draft with { Due = Bench.Now.AddSeconds(4) })]);

        Assert.Equal(3, await node.Admin.PurgeAsync(Bench.Queue, Token));

        var later = Bench.Draft() with { Due = Bench.Now.AddSeconds(4) };
        await node.AcceptAsync(later);
        Assert.Equal(later.Id, (await node.Inbox.ReceiveNotBeforeAsync(later.Due.Value)).IdOf());
        await node.Inbox.StaysEmptyAsync(TimeSpan.FromSeconds(2));
    }

    [Fact]
    public async Task A_purge_touches_nothing_in_hand_and_is_no_purge_of_SQS()
    {
        var (node, client) = await OpenAsync();
        await node.AcceptAsync(25);
        var inHand = await node.Inbox.ReceiveAsync(5);

        Assert.Equal(20, await node.Admin.PurgeAsync(Bench.Queue, Token));

        Assert.Equal(0, client.CountOf("PurgeQueue"));
        await node.Inbox.CompleteAsync(inHand);
    }
}
