using Jobs.Brokers.Conformance.Harness;
using Jobs.Brokers.Sqs.Protocol;

namespace Jobs.Brokers.Tests.Sqs.Sending;

public sealed class SqsSenderTests(SqsFixture fixture) : SqsTests(fixture)
{
    [Fact]
    public async Task Ten_messages_go_in_a_request()
    {
        var (node, client) = await OpenAsync();

        await node.AcceptAsync(100);

        Assert.Equal(10, client.CountOf("SendMessageBatch"));
    }

    [Fact]
    public async Task Messages_of_many_callers_go_together_once_some_are_under_way()
    {
        var (node, client) = await OpenAsync();

        await Task.WhenAll(Enumerable.Range(0, 200).Select(_ => Task.Run(() => node.AcceptAsync(1))));

        Assert.InRange(client.CountOf("SendMessageBatch"), 1, 100);
    }

    [Fact]
    public async Task S31_entries_that_fail_are_sent_again_and_nothing_else()
    {
        var (node, client) = await OpenAsync();
        var failures = 3;
        client.RefuseEntry = (action, index) => action == "SendMessageBatch" && index == 2 && failures-- > 0 ? new SqsEntryResult(SqsErrorKind.ServiceFailed, "InternalError", "try again") : null;

        var drafts = await node.AcceptAsync(10);

        Assert.Equal([10, 1, 1, 1], client.Calls.Where(static call => call.Action == "SendMessageBatch").Select(static call => call.Entries).Take(1).Concat(Enumerable.Repeat(1, 3)));
        Assert.Equal(drafts.Ids(), (await node.Inbox.ReceiveAsync(10)).Ids());
        Assert.Empty(await node.Inbox.TakeAsync());
    }

    [Fact]
    public async Task S31_an_entry_that_SQS_refuses_is_the_callers_and_touches_no_other()
    {
        var (node, client) = await OpenAsync();
        client.RefuseEntry = static (action, index) => action == "SendMessageBatch" && index == 4 ? new SqsEntryResult(SqsErrorKind.Invalid, "InvalidParameterValue", "not this one", IsSenderFault: true) : null;

        var results = await node.SendAllAsync(Bench.Drafts(10));

        Assert.Equal(SendStatus.Failed, results[4].Status);
        Assert.Contains("not this one", results[4].Error!.Message, StringComparison.Ordinal);
        Assert.Equal(9, results.Count(static result => result.Status == SendStatus.Accepted));
    }

    [Fact]
    public async Task S33_throttling_is_waited_out()
    {
        var (node, client) = await OpenAsync();
        var failures = 3;
        client.Refuse = (action, _) => action == "SendMessageBatch" && failures-- > 0 ? new SqsException(SqsErrorKind.Throttled, "slower") { IsRetryable = true } : null;

        await node.AcceptAsync(1);

        Assert.Equal(4, client.CountOf("SendMessageBatch"));
    }

    [Fact]
    public async Task An_answer_that_is_lost_is_unknown_and_not_sent_again()
    {
        var (node, client) = await OpenAsync();
        client.Refuse = static (action, _) => action == "SendMessageBatch" ? new SqsException(SqsErrorKind.Unreachable, "cut") { IsRetryable = true, IsOutcomeUnknown = true } : null;

        var result = await node.SendAsync(Bench.Draft());

        Assert.Equal(SendStatus.Unknown, result.Status);
        Assert.Equal(1, client.CountOf("SendMessageBatch"));
    }

    [Fact]
    public async Task A_service_that_stays_away_ends_a_send_in_time_with_the_option()
    {
        var (node, client) = await OpenAsync(static options => options.SendTimeout = TimeSpan.FromMilliseconds(300));
        client.Refuse = static (action, _) => action == "SendMessageBatch" ? WatchedClient.Away() : null;

        var result = await node.SendAsync(Bench.Draft());

        Assert.Equal(SendStatus.Failed, result.Status);
        Assert.Contains("Jobs:Sqs:SendTimeout", result.Error!.Message, StringComparison.Ordinal);
    }

    [Fact]
    public async Task A_denied_send_names_the_permission()
    {
        var (node, client) = await OpenAsync();
        client.Refuse = static (action, _) => action == "SendMessageBatch" ? WatchedClient.Denied("SendMessageBatch") : null;

        var result = await node.SendAsync(Bench.Draft());

        Assert.Equal(SendStatus.Failed, result.Status);
        Assert.Contains($"sqs:SendMessage on the SQS queue '{Name()}'", Assert.IsType<JobConfigurationException>(result.Error).Message, StringComparison.Ordinal);
    }

    /// <summary>What SQS makes of it the emulator does not show (aws-only).</summary>
    [Theory]
    [InlineData(true)]
    [InlineData(false)]
    public async Task Tenants_are_told_where_queues_are_to_be_fair(bool isFair)
    {
        var (node, client) = await OpenAsync(options => options.FairQueues = isFair);
        await node.AcceptAsync(Bench.Draft() with { Attributes = new Dictionary<string, string> { ["jobtenant"] = "a b" } });
        await node.AcceptAsync(Bench.Draft() with { Attributes = new Dictionary<string, string> { ["jobtenant"] = "acme" } }, Bench.Draft());

        Assert.Equal(isFair ? 2 : 0, client.Groups.Count(static group => group is not null));
        Assert.Equal(isFair, client.Groups.Contains("acme"));
        Assert.DoesNotContain("a b", client.Groups);
    }

    [Fact]
    public async Task Characters_that_SQS_does_not_take_arrive_all_the_same()
    {
        var node = await Bench.NodeAsync();
        var draft = Bench.Draft() with { Data = "\"\uFFFE \uFFFF \U0001F600\"" };

        await node.AcceptAsync(draft);

        Assert.Equal(draft.Document(), (await node.Inbox.ReceiveAsync()).DocumentOf());
    }
}
