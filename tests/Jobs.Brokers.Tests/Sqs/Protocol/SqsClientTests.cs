using System.Text;
using Jobs.Brokers.Sqs.Protocol;

namespace Jobs.Brokers.Tests.Sqs.Protocol;

/// <summary>Each action on the emulator.</summary>
public class SqsClientTests(SqsEmulator emulator)
{
    private static CancellationToken Token => TestContext.Current.CancellationToken;

    [Fact]
    public async Task A_queue_is_made_once_found_changed_and_deleted()
    {
        await using var client = SqsClients.Open(await emulator.UrlAsync());
        var queue = await client.CreateAsync("made", (SqsAttributeNames.VisibilityTimeout, "45"));
        Assert.Equal(queue, await client.CreateAsync("made", (SqsAttributeNames.VisibilityTimeout, "45")));
        Assert.Equal(queue, await client.GetQueueUrlAsync("made", Token));
        Assert.Equal(SqsErrorKind.QueueNameExists, (await SqsClients.FailsAsync(client.CreateAsync("made", (SqsAttributeNames.VisibilityTimeout, "46")))).Kind);

        await client.SetQueueAttributesAsync(queue, new Dictionary<string, string> { [SqsAttributeNames.VisibilityTimeout] = "60" }, Token);
        var attributes = await client.GetQueueAttributesAsync(queue, [SqsAttributeNames.VisibilityTimeout, SqsAttributeNames.QueueArn], Token);
        Assert.Equal("60", attributes[SqsAttributeNames.VisibilityTimeout]);
        // The region is that of the signature.
        Assert.Equal("arn:aws:sqs:eu-central-1:000000000000:made", attributes[SqsAttributeNames.QueueArn]);

        await client.DeleteQueueAsync(queue, Token);
        var error = await SqsClients.FailsAsync(client.GetQueueUrlAsync("made", Token));
        Assert.Equal(SqsErrorKind.QueueDoesNotExist, error.Kind);
        Assert.True(error is { Code: "QueueDoesNotExist", IsSenderFault: true, IsRetryable: false, IsOutcomeUnknown: false });
        Assert.Contains("made", error.Message, StringComparison.Ordinal);
        Assert.Equal(BrokerStatus.Connected, client.Health.Status);
    }

    [Fact]
    public async Task A_message_comes_back_with_all_that_it_had()
    {
        await using var client = SqsClients.Open(await emulator.UrlAsync());
        var queue = await client.CreateAsync("round");
        // SQS takes characters beyond U+FFFF, too; the emulator refuses them.
        var body = """{"a":"ä\n \"quoted\" \u0041 €","b":[1,2]}""" + "\t\r\n";
        var before = DateTimeOffset.FromUnixTimeMilliseconds(TimeProvider.System.GetUtcNow().ToUnixTimeMilliseconds());

        var results = await client.SendAsync(queue, SqsClients.Entry(body) with
        {
            State = Encoding.UTF8.GetBytes("""{"copy":1,"note":"ü"}"""),
            Attributes = new[] { new SqsAttribute("reason", Encoding.UTF8.GetBytes("poison")), new SqsAttribute("A", Encoding.UTF8.GetBytes("b")) },
        });
        Assert.Equal(default, Assert.Single(results));

        using var messages = await client.ReceiveMessageAsync(queue, new SqsReceiveOptions(10, 5, 0) { AttributeNames = ["reason"] }, Token);
        Assert.Equal(1, messages.Count);
        var message = messages[0];
        Assert.Equal(body, message.Body.Text());
        Assert.Equal("""{"copy":1,"note":"ü"}""", message.State.Text());
        var attribute = Assert.Single(message.Attributes.ToArray());
        Assert.Equal(("reason", "poison"), (attribute.Name, attribute.Value.Text()));
        Assert.True(message.IsIntact);
        Assert.Equal(1, message.ReceiveCount);
        Assert.InRange(message.SentAt, before, before + SqsClients.Patience);
        Assert.InRange(message.FirstReceivedAt, message.SentAt, before + SqsClients.Patience);
        Assert.NotEmpty(message.MessageId.Text());
        Assert.True(message.DeadLetterSourceArn.IsEmpty && message.GroupId.IsEmpty);

        // Hidden for no time at all, it is there again.
        using var again = await client.ReceiveAsync(queue);
        Assert.Equal(2, again[0].ReceiveCount);
        Assert.Equal(message.FirstReceivedAt, again[0].FirstReceivedAt);
    }

    [Fact]
    public async Task Ten_messages_go_in_come_out_and_are_deleted_in_one_request_each()
    {
        await using var client = SqsClients.Open(await emulator.UrlAsync());
        var queue = await client.CreateAsync("ten");
        var bodies = Enumerable.Range(0, 10).Select(static i => $"m{i}").ToArray();
        Assert.All(await client.SendAsync(queue, [.. bodies.Select(static body => SqsClients.Entry(body))]), static result => Assert.True(result.IsOk));

        using var messages = await client.ReceiveAsync(queue);
        Assert.Equal(10, messages.Count);
        var handles = new List<ReadOnlyMemory<byte>>();
        var received = new List<string>();
        foreach (ref readonly var message in messages)
        {
            handles.Add(message.ReceiptHandle);
            received.Add(message.Body.Text());
        }

        Assert.Equal(bodies, received.Order(StringComparer.Ordinal));
        var results = new SqsEntryResult[10];
        await client.DeleteMessageBatchAsync(queue, handles.ToArray(), results, Token);
        Assert.All(results, static result => Assert.True(result.IsOk));

        var attributes = await client.GetQueueAttributesAsync(queue, [SqsAttributeNames.ApproximateNumberOfMessages, SqsAttributeNames.ApproximateNumberOfMessagesNotVisible], Token);
        Assert.All(attributes.Values, static count => Assert.Equal("0", count));
    }

    [Theory]
    [InlineData(false)]
    [InlineData(true)]
    public async Task Visibility_hands_back_and_a_stale_handle_is_told_by_its_entry(bool blocking)
    {
        await using var client = SqsClients.Open(await emulator.UrlAsync());
        var queue = await client.CreateAsync($"visible-{blocking}");
        await client.SendAsync(queue, SqsClients.Entry("one"), SqsClients.Entry("two"));
        var held = await client.ReceiveAllAsync(queue, 2);

        var results = new SqsEntryResult[4];
        SqsVisibilityEntry[] entries = [new(held[0].Handle, 0), new("nonsense"u8.ToArray(), 0), new(held[1].Handle, SqsLimits.MaxVisibilitySeconds + 1), new(held[1].Handle, 100)];
        if (blocking)
        {
            client.ChangeMessageVisibilityBatch(queue, entries, results, SqsClients.Patience);
        }
        else
        {
            await client.ChangeMessageVisibilityBatchAsync(queue, entries, results, Token);
        }

        Assert.Equal([SqsErrorKind.None, SqsErrorKind.ReceiptHandleInvalid, SqsErrorKind.Invalid, SqsErrorKind.None], results.Select(static result => result.Error));
        Assert.True(results[1].IsSenderFault);
        using var messages = await client.ReceiveAsync(queue);
        Assert.Equal(held[0].Body, messages[0].Body.Text());
        Assert.Equal(1, messages.Count);
    }

    [Fact]
    public async Task Delayed_messages_are_late_and_purged_ones_gone()
    {
        await using var client = SqsClients.Open(await emulator.UrlAsync());
        var queue = await client.CreateAsync("late");
        await client.SendAsync(queue, SqsClients.Entry("late", delay: 900), SqsClients.Entry("now"));
        using (var messages = await client.ReceiveAsync(queue))
        {
            Assert.Equal(1, messages.Count);
            Assert.Equal("now", messages[0].Body.Text());
        }

        string[] counts = [SqsAttributeNames.ApproximateNumberOfMessagesDelayed, SqsAttributeNames.ApproximateNumberOfMessagesNotVisible];
        Assert.Equal(["1", "1"], (await client.GetQueueAttributesAsync(queue, counts, Token)).Values);
        await client.PurgeQueueAsync(queue, Token);
        Assert.Equal(["0", "0"], (await client.GetQueueAttributesAsync(queue, counts, Token)).Values);
    }

    [Fact]
    public async Task Fifo_queues_keep_groups_in_order_and_drop_duplicates()
    {
        await using var client = SqsClients.Open(await emulator.UrlAsync());
        var queue = await client.CreateAsync("order.fifo", (SqsAttributeNames.FifoQueue, "true"));
        static SqsSendEntry Entry(string body, string id) => SqsClients.Entry(body) with { GroupId = "g:1", DeduplicationId = id };
        Assert.All(await client.SendAsync(queue, Entry("1", "a"), Entry("2", "b"), Entry("again", "a")), static result => Assert.True(result.IsOk));

        // The emulator gives one of a group at a time; SQS may give several.
        foreach (var body in (string[])["1", "2"])
        {
            using var messages = await client.ReceiveAsync(queue);
            Assert.Equal(1, messages.Count);
            Assert.Equal((body, "g:1"), (messages[0].Body.Text(), messages[0].GroupId.Text()));
            await client.DeleteMessageBatchAsync(queue, new[] { messages[0].ReceiptHandle }, new SqsEntryResult[1], Token);
        }

        using var none = await client.ReceiveAsync(queue, wait: 0);
        Assert.Equal(0, none.Count);
        var refused = await client.SendAsync(queue, SqsClients.Entry("x"));
        Assert.True(refused[0] is { Error: SqsErrorKind.Invalid, Code: "MissingParameter", IsSenderFault: true });
    }

    [Fact]
    public async Task A_long_poll_ends_with_the_message_or_with_none()
    {
        await using var client = SqsClients.Open(await emulator.UrlAsync());
        var queue = await client.CreateAsync("poll");
        using (var none = await client.ReceiveAsync(queue, wait: 0))
        {
            Assert.Equal(0, none.Count);
        }

        var waiting = client.ReceiveAsync(queue, wait: 20);
        await client.SendAsync(queue, SqsClients.Entry("here"));
        using var messages = await waiting;
        Assert.Equal("here", messages[0].Body.Text());
    }

    [Fact]
    public async Task What_the_service_does_not_know_is_unsupported()
    {
        await using var client = SqsClients.Open(await emulator.UrlAsync());
        var error = await SqsClients.FailsAsync(client.StartMessageMoveTaskAsync("arn:aws:sqs:eu-central-1:000000000000:any", null, 10, Token));
        Assert.Equal(SqsErrorKind.Unsupported, error.Kind);
    }

    [Fact]
    public async Task The_largest_message_fits()
    {
        await using var client = SqsClients.Open(await emulator.UrlAsync());
        var queue = await client.CreateAsync("large");
        var state = new string('s', 1000);
        var body = new string('"', SqsLimits.MaxBytes - SqsAttribute.SizeOf(SqsLimits.StateAttribute, new byte[state.Length]));
        var entry = SqsClients.Entry(body) with { State = Encoding.UTF8.GetBytes(state) };
        Assert.Equal(SqsLimits.MaxBytes, entry.Size);
        Assert.True((await client.SendAsync(queue, entry))[0].IsOk);

        using var messages = await client.ReceiveAsync(queue);
        Assert.True(messages[0].IsIntact);
        Assert.Equal(body, messages[0].Body.Text());
        Assert.Equal(state, messages[0].State.Text());
    }
}
