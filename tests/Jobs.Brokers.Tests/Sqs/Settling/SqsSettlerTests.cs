using Jobs.Brokers.Conformance.Harness;
using Jobs.Brokers.Sqs.Protocol;

namespace Jobs.Brokers.Tests.Sqs.Settling;

public sealed class SqsSettlerTests(SqsFixture fixture) : SqsTests(fixture)
{
    [Theory]
    [InlineData(1)]
    [InlineData(5)]
    public async Task S3_a_delete_that_fails_some_times_is_done_in_the_end(int times)
    {
        var (node, client) = await OpenAsync();
        await node.AcceptAsync(2);
        var deliveries = await node.Inbox.ReceiveAsync(2);
        var failures = times;
        client.Refuse = (action, _) => action == "DeleteMessageBatch" && failures-- > 0 ? WatchedClient.Away() : null;

        await node.Inbox.CompleteAsync(deliveries);

        await node.Inbox.StaysEmptyAsync(Fixture.Lease + Fixture.Slack);
    }

    [Fact]
    public async Task S3_a_delete_that_is_given_up_is_remembered_and_the_job_does_not_run_again_here()
    {
        var (node, client) = await OpenAsync();
        await node.AcceptAsync(2);
        var deliveries = await node.Inbox.ReceiveAsync(2);
        client.Refuse = static (action, _) => action == "DeleteMessageBatch" ? WatchedClient.Away() : null;
        var results = new SettleResult[2];
        using var limit = new CancellationTokenSource(TimeSpan.FromMilliseconds(300), TimeProvider.System);
        await node.Inbox.Receiver.SettleAsync(deliveries.Select(static delivery => Inbox.Completion(delivery)).ToArray(), results, limit.Token);
        Assert.All(results, static result => Assert.Equal(SettleResult.Unknown, result));
        client.Refuse = static (_, _) => null;

        await node.Inbox.StaysEmptyAsync(Fixture.Lease + Fixture.Slack);

        Assert.Equal((0, 0), ((await node.DepthAsync()).Waiting, (await node.DepthAsync()).InFlight));
    }

    [Fact]
    public async Task S31_of_a_batch_only_those_are_deleted_again_that_failed()
    {
        var (node, client) = await OpenAsync();
        await node.AcceptAsync(10);
        var deliveries = await node.Inbox.ReceiveAsync(10);
        var failures = 1;
        client.RefuseEntry = (action, index) => action == "DeleteMessageBatch" && index == 7 && failures-- > 0 ? new SqsEntryResult(SqsErrorKind.ServiceFailed, "InternalError", "again") : null;

        await node.Inbox.CompleteAsync(deliveries);

        Assert.Equal([10, 1], client.Calls.Where(static call => call.Action == "DeleteMessageBatch").Select(static call => call.Entries));
    }

    [Fact]
    public async Task S58_without_a_dead_letter_queue_the_job_stays()
    {
        var (node, client) = await OpenAsync();
        var drafts = await node.AcceptAsync(1);
        var delivery = await node.Inbox.ReceiveAsync();
        client.Refuse = (action, queue) => action == "SendMessageBatch" && queue.EndsWith("-dlq", StringComparison.Ordinal) ? WatchedClient.Denied("SendMessage") : null;
        var results = new SettleResult[1];
        using var limit = new CancellationTokenSource(TimeSpan.FromMilliseconds(500), TimeProvider.System);

        await node.Inbox.Receiver.SettleAsync(new[] { node.Inbox.Death(delivery) }, results, limit.Token);

        Assert.Equal(SettleResult.Unknown, results[0]);
        await node.Inbox.PassLeaseAsync();
        Assert.Equal(drafts[0].Id, (await node.Inbox.ReceiveAsync()).IdOf());
    }

    [Fact]
    public async Task Few_completions_wait_for_more_before_they_go_together()
    {
        var (node, client) = await OpenAsync(static options => options.DeleteLinger = TimeSpan.FromMilliseconds(200));
        await node.AcceptAsync(3);
        var deliveries = await node.Inbox.ReceiveAsync(3);
        var start = TimeProvider.System.GetTimestamp();

        await node.Inbox.CompleteAsync(deliveries);

        Assert.True(TimeProvider.System.GetElapsedTime(start) >= TimeSpan.FromMilliseconds(150));
        Assert.Equal(1, client.CountOf("DeleteMessageBatch"));
    }

    [Fact]
    public async Task S73_a_worker_that_drains_does_not_linger()
    {
        var (node, _) = await OpenAsync(static options => options.DeleteLinger = TimeSpan.FromSeconds(1));
        await node.AcceptAsync(3);
        var deliveries = await node.Inbox.ReceiveAsync(3);
        await node.Inbox.Receiver.StopAsync(Token);
        var start = TimeProvider.System.GetTimestamp();

        await node.Inbox.CompleteAsync(deliveries);

        Assert.True(TimeProvider.System.GetElapsedTime(start) < TimeSpan.FromMilliseconds(900));
    }

    [Fact]
    public async Task Renewals_go_ten_in_a_request_and_a_missing_answer_is_no_loss()
    {
        var (node, client) = await OpenAsync();
        await node.AcceptAsync(25);
        var deliveries = await node.Inbox.ReceiveAsync(25);

        Assert.All(node.Inbox.RenewAll(deliveries), static result => Assert.Equal(SettleResult.Ok, result));
        Assert.Equal(3, client.CountOf("Renew"));

        client.Refuse = static (action, _) => action == "Renew" ? new SqsException(SqsErrorKind.TimedOut, "late") { IsRetryable = true } : null;
        Assert.All(node.Inbox.RenewAll(deliveries), static result => Assert.Equal(SettleResult.Unknown, result));
    }

    [Fact]
    public async Task S13_what_was_held_for_twelve_hours_is_lost_and_never_renewed_beyond()
    {
        var time = new ShiftedTime();
        var queue = Bench.Topology() with { Lease = TimeSpan.FromHours(12) };
        var (node, client) = Connect(time: time);
        await node.ProvisionAsync(queue);
        var inbox = await node.OpenAsync(queue.Name, new ReceiverOptions { Lease = queue.Lease, Worker = "w" });
        await node.AcceptAsync(1);
        var delivery = await inbox.ReceiveAsync();

        time.Shift += TimeSpan.FromHours(6);
        Assert.Equal(SettleResult.Ok, inbox.Renew(delivery));
        time.Shift += TimeSpan.FromHours(5.9);
        Assert.Equal(SettleResult.Ok, inbox.Renew(delivery));
        time.Shift += TimeSpan.FromHours(0.1);

        Assert.Equal(SettleResult.LeaseLost, inbox.Renew(delivery));
        Assert.InRange(client.Visibilities[0], 21_500, 21_600);
        Assert.InRange(client.Visibilities[1], 200, 360);
        Assert.Equal(2, client.Visibilities.Count);
    }
}
