using Jobs.Brokers.Conformance.Harness;
using Jobs.Brokers.Sqs.DeadLetters;
using Jobs.Brokers.Sqs.Protocol;
using Jobs.Messages;

namespace Jobs.Brokers.Tests.Sqs.DeadLetters;

public sealed class SqsDeadLetterTests(SqsFixture fixture) : SqsTests(fixture)
{
    [Fact]
    public async Task What_SQS_itself_put_there_is_shown_and_can_be_replayed()
    {
        var (node, _) = Connect(static options => options.MaxReceiveCount = 10);
        await node.ProvisionAsync(Bench.Topology());
        var drafts = await node.AcceptAsync(1);
        var raw = Raw();
        var url = await raw.GetQueueUrlAsync(Name(), Token);
        for (var i = 0; i < 11; i++)
        {
            using var messages = await raw.ReceiveMessageAsync(url, new SqsReceiveOptions(1, 1, 30), Token);
            if (messages.Count > 0)
            {
                await raw.ChangeMessageVisibilityBatchAsync(url, new[] { new SqsVisibilityEntry(messages[0].ReceiptHandle, 0) }, new SqsEntryResult[1], Token);
            }
        }

        var letter = await node.GetDeadAsync(drafts[0].Id);

        Assert.Equal(DeadLetterReason.Poison, letter.Reason);
        Assert.Contains("maxReceiveCount", letter.Error!, StringComparison.Ordinal);
        Assert.Equal(drafts[0].Document(), letter.Document.ToArray());
        Assert.Equal(ReplayStatus.Replayed, await node.ReplayAsync(drafts[0].Id));
        Assert.Equal(1, (await (await node.OpenAsync()).ReceiveAsync()).Deliveries);
    }

    [Fact]
    public async Task S57_a_job_that_died_twice_is_one_entry_and_goes_as_one()
    {
        var (node, client) = await OpenAsync();
        await node.AcceptAsync(1);
        var delivery = await node.Inbox.ReceiveAsync();
        // Between the dead letter and the end of the job this worker dies.
        client.DeletesNothing = true;
        await node.Inbox.DeadLetterAsync(delivery, DeadLetterReason.Rejected);
        client.DeletesNothing = false;
        await node.DisposeAsync();
        var (other, _) = await OpenAsync();
        var again = await other.Inbox.ReceiveAsync();
        var id = again.IdOf();
        await other.Inbox.DeadLetterAsync(again, DeadLetterReason.AttemptsExhausted);
        Assert.Equal(2, await other.CountDeadAsync());

        var letter = Assert.Single((await other.PageDeadAsync()).Items);

        Assert.Equal((id.ToString(), DeadLetterReason.AttemptsExhausted), (letter.Key, letter.Reason));
        Assert.True(await other.DeadLetters.DeleteDeadLetterAsync(Bench.Queue, letter.Key, Token));
        Assert.Equal(0, await other.CountDeadAsync());
    }

    [Fact]
    public async Task Pages_are_oldest_first_and_show_everything_again_afterwards()
    {
        var (node, _) = await OpenAsync();
        var drafts = await node.AcceptAsync(45);
        foreach (var delivery in await node.Inbox.ReceiveAsync(drafts))
        {
            await node.Inbox.DeadLetterAsync(delivery);
        }

        for (var round = 0; round < 2; round++)
        {
            var seen = new List<DeadLetter>();
            string? cursor = null;
            do
            {
                var page = await node.PageDeadAsync(cursor, 20);
                Assert.InRange(page.Items.Count, 1, 20);
                seen.AddRange(page.Items);
                cursor = page.Next;
            }
            while (cursor is not null);

            Assert.Equal(drafts.Ids(), seen.Select(static letter => letter.Key).Order(StringComparer.Ordinal));
            Assert.Equal(seen.Select(static letter => letter.DiedAt).Order(), seen.Select(static letter => letter.DiedAt));
        }
    }

    [Fact]
    public void A_note_keeps_what_it_says_and_fits()
    {
        var at = new DateTimeOffset(2026, 11, 22, 1, 2, 3, 456, TimeSpan.Zero);
        var note = new DeathNote("key \"ü\"", "rejected", new string('ü', 5_000), at);
        var attribute = note.ToAttribute();

        var read = DeathNote.Of(new SqsMessage { Attributes = new[] { attribute } })!.Value;

        Assert.Equal((note.Key, note.Reason, at), (read.Key, read.Reason, read.DiedAt));
        Assert.EndsWith("...", read.Error);
        Assert.InRange(attribute.Value.Length, 1, 7 * 1024);
        Assert.Null(DeathNote.Of(new SqsMessage { Attributes = new[] { new SqsAttribute(DeathNote.Attribute, "no note"u8.ToArray()) } }));
    }
}
