using Jobs.Brokers.Conformance.Harness;
using Jobs.Brokers.Sqs.Protocol;
using Jobs.Brokers.Sqs.Receiving;

namespace Jobs.Brokers.Tests.Sqs.Receiving;

public sealed class SqsReceiverTests(SqsFixture fixture) : SqsTests(fixture)
{
    [Fact]
    public async Task S30_a_second_delivery_of_what_is_in_hand_is_dropped_and_its_handle_counts()
    {
        var (node, _) = await OpenAsync();
        await node.AcceptAsync(1);
        var delivery = (SqsDelivery)await node.Inbox.ReceiveAsync();
        var first = delivery.Handle.ToArray();
        await ShowAgainAsync(delivery);

        await node.Inbox.StaysEmptyAsync(TimeSpan.FromSeconds(1));

        Assert.NotEqual(first, delivery.Handle.ToArray());
        Assert.Equal(SettleResult.Ok, node.Inbox.Renew(delivery));
        await node.Inbox.CompleteAsync(delivery);
        await node.Inbox.StaysEmptyAsync(Fixture.Lease + Fixture.Slack);
    }

    [Fact]
    public async Task S30_what_was_done_and_comes_again_is_deleted_and_not_run()
    {
        var (node, client) = await OpenAsync();
        await node.AcceptAsync(3);
        var deliveries = await node.Inbox.ReceiveAsync(3);
        client.DeletesNothing = true;
        await node.Inbox.CompleteAsync(deliveries);
        client.DeletesNothing = false;

        await node.Inbox.StaysEmptyAsync(Fixture.Lease + Fixture.Slack);

        Assert.Equal((0, 0), ((await node.DepthAsync()).Waiting, (await node.DepthAsync()).InFlight));
    }

    [Fact]
    public async Task An_idle_queue_has_one_receive_that_waits()
    {
        var (node, client) = await OpenAsync();
        await node.Inbox.StaysEmptyAsync(TimeSpan.FromSeconds(2));

        Assert.Equal(1, client.CountOf("ReceiveMessage"));
    }

    [Fact]
    public async Task Receives_become_more_while_each_brings_ten()
    {
        var (node, client) = await OpenAsync();
        await node.AcceptAsync(300);

        await node.Inbox.CompleteAsync(await node.Inbox.ReceiveAsync(300));

        Assert.InRange(client.CountOf("ReceiveMessage"), 30, 60);
        Assert.Equal(30, client.CountOf("DeleteMessageBatch"));
    }

    [Theory]
    [InlineData(false)]
    [InlineData(true)]
    public async Task S14_S33_errors_are_waited_out_and_not_polled_hot(bool isLimitOfMessagesInFlight)
    {
        var (node, client) = await OpenAsync();
        client.Refuse = (action, _) => action != "ReceiveMessage" ? null
            : isLimitOfMessagesInFlight ? new SqsException(SqsErrorKind.OverLimit, "120,000 messages are in flight") { Action = action }
            : WatchedClient.Away();
        await node.Inbox.StaysEmptyAsync(TimeSpan.FromSeconds(2));
        Assert.InRange(client.CountOf("ReceiveMessage"), 1, 10);

        client.Refuse = static (_, _) => null;
        var drafts = await node.AcceptAsync(1);

        Assert.Equal(drafts[0].Id, (await node.Inbox.ReceiveAsync()).IdOf());
    }

    [Fact]
    public async Task What_a_waiting_receive_brings_after_a_stop_is_released()
    {
        var (node, _) = await OpenAsync();
        var other = await Bench.NodeAsync();
        await other.Inbox.Receiver.StopAsync(Token);
        await node.Inbox.StaysEmptyAsync(TimeSpan.FromMilliseconds(300));
        await node.Inbox.Receiver.StopAsync(Token);
        var start = Bench.Now;
        var drafts = await other.AcceptAsync(1);

        var delivery = await (await other.OpenAsync()).ReceiveAsync();

        Assert.Equal((drafts[0].Id, 1, 0), (delivery.IdOf(), delivery.Deliveries, delivery.StateOf().Crashes));
        Assert.InRange(Bench.Now - start, TimeSpan.Zero, Fixture.Lease / 2);
    }

    [Fact]
    public async Task S10_what_waits_here_for_longer_than_its_lease_is_dropped()
    {
        var (node, _) = await OpenAsync();
        var drafts = await node.AcceptAsync(10);
        // Asks for ten and takes one.
        var first = await node.Inbox.TakeForAsync(TimeSpan.FromSeconds(1), 10);
        Assert.Equal(10, first.Length);
        await node.Inbox.PassLeaseAsync();

        var again = await node.Inbox.ReceiveAsync(10);

        Assert.Equal(drafts.Ids(), again.Ids());
        Assert.All(again, static delivery => Assert.Equal(2, delivery.Deliveries));
    }

    private async Task ShowAgainAsync(SqsDelivery delivery)
    {
        var raw = Raw();
        var url = await raw.GetQueueUrlAsync(Name(), Token);
        await raw.ChangeMessageVisibilityBatchAsync(url, new[] { new SqsVisibilityEntry(delivery.Handle, 0) }, new SqsEntryResult[1], Token);
    }
}
