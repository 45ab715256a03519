using Jobs.Brokers.Conformance.Harness;
using Jobs.Brokers.Sqs.Delaying;

namespace Jobs.Brokers.Tests.Sqs.Delaying;

/// <summary>Delays beyond what SQS knows, with its 15 minutes and 12 hours shortened to seconds.</summary>
public sealed class DelayPromoterTests(SqsFixture fixture) : SqsTests(fixture)
{
    private static readonly DelayLimits Short = new()
    {
        Native = TimeSpan.FromSeconds(2),
        Ahead = TimeSpan.FromSeconds(1),
        LongestPark = TimeSpan.FromSeconds(2),
        Period = TimeSpan.FromMilliseconds(300),
    };

    [Fact]
    public async Task S41_a_long_delay_is_parked_as_often_as_it_takes_and_ends_on_time()
    {
        var (node, client) = await OpenAsync(limits: Short);
        var draft = Bench.Draft() with { Due = Bench.Now.AddSeconds(8) };
        await node.AcceptAsync(draft);

        var delivery = await node.Inbox.ReceiveNotBeforeAsync(draft.Due.Value);

        Assert.Equal((draft.Id, 1), (delivery.IdOf(), delivery.Deliveries));
        Assert.Equal(draft.Document(), delivery.DocumentOf());
        Assert.InRange(Bench.Now - draft.Due.Value, TimeSpan.Zero, Fixture.Slack);
        Assert.True(client.Visibilities.Count >= 2);
        await node.Inbox.CompleteAsync(delivery);
        await node.Inbox.StaysEmptyAsync(TimeSpan.FromSeconds(3));
        Assert.Equal(0, (await node.DepthAsync()).Delayed);
    }

    [Fact]
    public async Task What_cannot_be_parked_hops()
    {
        var (node, client) = await OpenAsync(limits: Short with { MostParked = 0 });
        var draft = Bench.Draft() with { Due = Bench.Now.AddSeconds(6) };
        await node.AcceptAsync(draft);

        await node.Inbox.ReceiveNotBeforeAsync(draft.Due.Value);

        Assert.Empty(client.Visibilities);
        Assert.InRange(client.Calls.Count(call => call.Action == "SendMessageBatch" && call.Queue == Name("-delay")), 2, 10);
    }

    [Fact]
    public async Task What_SQS_would_soon_forget_hops()
    {
        var (node, client) = await OpenAsync(limits: Short with { Oldest = TimeSpan.Zero });
        var draft = Bench.Draft() with { Due = Bench.Now.AddSeconds(5) };
        await node.AcceptAsync(draft);

        await node.Inbox.ReceiveNotBeforeAsync(draft.Due.Value);

        Assert.Empty(client.Visibilities);
    }

    [Fact]
    public async Task S42_a_delay_that_ends_while_no_worker_lives_is_kept()
    {
        var (gone, _) = await OpenAsync(limits: Short);
        var draft = Bench.Draft() with { Due = Bench.Now.AddSeconds(4) };
        await gone.AcceptAsync(draft);
        await gone.DisposeAsync();
        await Bench.PassAsync(TimeSpan.FromSeconds(5));

        var (node, _) = await OpenAsync(limits: Short);

        Assert.Equal(draft.Id, (await node.Inbox.ReceiveAsync()).IdOf());
    }

    [Fact]
    public async Task S42_processes_that_look_after_the_same_delays_move_each_once()
    {
        var nodes = new[] { (await OpenAsync(limits: Short)).Node, (await OpenAsync(limits: Short)).Node, (await OpenAsync(limits: Short)).Node };
        var due = Bench.Now.AddSeconds(4);
        Draft[] drafts = [.. Bench.Drafts(60).Select(draft => draft with { Due = due })];
        await nodes[0].AcceptAsync(drafts);

        var received = await Task.WhenAll(nodes.Select(static node => node.Inbox.ReceiveAsync(20)));

        Assert.Equal(drafts.Ids(), received.SelectMany(static deliveries => deliveries).Ids());
    }

    [Fact]
    public async Task Retries_and_bytes_that_nobody_can_decode_are_delayed_as_long()
    {
        var (node, _) = await OpenAsync(limits: Short);
        await node.AcceptAsync(1);
        var due = Bench.Now.AddSeconds(5);
        await node.Inbox.RetryAsync(await node.Inbox.ReceiveAsync(), due);
        await node.SendRawAsync(new byte[] { 0, 0xFF });
        await node.Inbox.DeferAsync(await node.Inbox.ReceiveAsync(), due);

        var first = await node.Inbox.ReceiveNotBeforeAsync(due);
        JobDelivery[] both = [first, await node.Inbox.ReceiveAsync()];

        Assert.Equal(2, Assert.Single(both, static delivery => delivery.Message is not null).StateOf().Attempt);
        Assert.NotNull(Assert.Single(both, static delivery => delivery.Message is null).DecodeError);
    }
}
