using System.Buffers;
using Jobs.Brokers;
using Jobs.Memory;
using Jobs.Messages;
using Jobs.Tests.Definitions;

namespace Jobs.Tests.Memory;

public class MemoryEncodedTests
{
    [Fact]
    public async Task Mutable_args_are_kept_as_bytes_so_that_later_changes_are_not_seen()
    {
        await using var bench = new MemoryBench();
        var tags = new List<string> { "a" };
        var message = bench.Message(TagsArgs.Definition, new TagsArgs(tags));
        var id = message.Id;

        await bench.SendAsync(message);
        tags.Add("changed by the caller");
        var first = (await bench.ReceiveOneAsync()).Message!;
        first.ReadArgs(TagsArgs.Definition).Tags.Add("changed by a run");

        Assert.Equal(["a"], first.ReadArgs(TagsArgs.Definition).Tags);
        Assert.Equal(id, first.Id);
    }

    [Fact]
    public async Task A_message_kept_as_bytes_is_released_and_a_refused_one_stays_with_the_caller()
    {
        await using var bench = new MemoryBench(new MemoryBrokerOptions { MaxDocumentBytes = 1_000 });
        var accepted = (JobMessage<TagsArgs>)bench.Message(TagsArgs.Definition, new TagsArgs(["a"]));
        var refused = (JobMessage<TagsArgs>)bench.Message(TagsArgs.Definition, new TagsArgs([new string('x', 1_000)]));

        Assert.Equal(SendStatus.Accepted, (await bench.SendAsync(accepted)).Status);
        Assert.Equal(SendStatus.TooLarge, (await bench.SendAsync(refused)).Status);

        Assert.Throws<ObjectDisposedException>(() => accepted.Definition);
        Assert.NotNull(refused.Definition);
        Assert.Single(await bench.ReceiveAsync());
    }

    [Fact]
    public async Task A_refusal_of_one_does_not_touch_the_others()
    {
        await using var bench = new MemoryBench(new MemoryBrokerOptions { MaxDocumentBytes = 1_000 });
        JobMessage[] messages =
        [
            bench.Message(1),
            bench.Message(TagsArgs.Definition, new TagsArgs([new string('x', 1_000)])),
            bench.Message(TagsArgs.Definition, new TagsArgs(null!)),
            bench.Message(2),
        ];
        var results = new SendResult[4];

        await bench.Broker.SendAsync(messages, results, MemoryBench.Token);

        Assert.Equal([SendStatus.Accepted, SendStatus.TooLarge, SendStatus.Failed, SendStatus.Accepted], results.Select(static result => result.Status));
        Assert.Contains("Jobs:Memory:MaxDocumentBytes", results[1].Error!.Message, StringComparison.Ordinal);
        Assert.NotNull(results[2].Error);
        Assert.Equal([1, 2], (await bench.ReceiveAsync()).Select(MemoryBench.ValueOf));
    }

    [Fact]
    public async Task A_message_of_foreign_bytes_is_kept_in_bytes_of_its_own()
    {
        await using var bench = new MemoryBench();
        var document = Document(bench.Message(TagsArgs.Definition, new TagsArgs(["a"])));
        var foreign = JobMessage.FromBytes(document);
        foreign.MayRepeat = true;

        await bench.SendAsync(foreign);
        document.AsSpan().Clear();

        var message = (await bench.ReceiveOneAsync()).Message!;
        Assert.Equal(["a"], message.ReadArgs(TagsArgs.Definition).Tags);
        Assert.True(message.MayRepeat);
    }

    [Fact]
    public async Task A_retry_of_a_job_in_bytes_keeps_document_and_envelope()
    {
        await using var bench = new MemoryBench();
        var message = bench.Message(TagsArgs.Definition, new TagsArgs(["a"]));
        message.Attributes = new MessageAttributes { Key = "k", Headers = new Dictionary<string, string> { ["h"] = "1" } };
        var document = Document(message);
        await bench.SendAsync(message);

        await bench.SettleAsync(new Settlement { Delivery = await bench.ReceiveOneAsync(), Kind = SettleKind.Retry, Failure = MemoryBench.Failure() });

        var again = (await bench.ReceiveOneAsync()).Message!;
        Assert.Equal(document, Document(again));
        Assert.Equal((2, "k", "1"), (again.State.Attempt, again.Attributes.Key, again.Attributes.Headers["h"]));
    }

    [Theory]
    [InlineData(false)]
    [InlineData(true)]
    public async Task A_dead_letter_holds_the_document_as_it_was_enqueued(bool isByValue)
    {
        await using var bench = new MemoryBench();
        var message = isByValue ? bench.Message(5) : bench.Message(TagsArgs.Definition, new TagsArgs(["a"]));
        var document = Document(message);
        var id = await bench.BuryAsync(message);

        var letter = await bench.Broker.GetDeadLetterAsync(MemoryBench.Queue, id.ToString(), MemoryBench.Token);

        Assert.Equal(document, letter!.Document.ToArray());
        Assert.Equal(document, Document(letter.Message!));
        letter.Message!.Release();
        Assert.Equal(ReplayStatus.Replayed, await bench.Broker.ReplayDeadLetterAsync(MemoryBench.Queue, id.ToString(), MemoryBench.Token));
        Assert.Equal(document, Document((await bench.ReceiveOneAsync()).Message!));
    }

    [Fact]
    public async Task A_then_that_cannot_be_kept_leaves_the_job_to_its_lease()
    {
        await using var bench = new MemoryBench();
        await bench.SendManyAsync(1);
        var delivery = await bench.ReceiveOneAsync();
        var fine = bench.Message(1);

        Assert.Equal(SettleResult.Unknown, await bench.SettleAsync(new Settlement
        {
            Delivery = delivery,
            Kind = SettleKind.Complete,
            Then = [fine, bench.Message(TagsArgs.Definition, new TagsArgs(null!))],
        }));

        Assert.Empty(await bench.ReceiveAsync());
        bench.Clock.Advance(MemoryBench.Lease);
        Assert.Equal(2, (await bench.ReceiveOneAsync()).Deliveries);
        Assert.Empty(await bench.ReceiveAsync());
    }

    [Fact]
    public async Task A_raw_document_of_a_job_is_that_job()
    {
        await using var bench = new MemoryBench();
        var message = bench.Message(5);

        Assert.Equal(message.Id.ToString(), bench.Broker.SendRaw(MemoryBench.Queue, Document(message)));

        var delivery = await bench.ReceiveOneAsync();
        Assert.Equal((message.Id, 5), (delivery.Message!.Id, MemoryBench.ValueOf(delivery)));
    }

    private static byte[] Document(JobMessage message)
    {
        var writer = new ArrayBufferWriter<byte>();
        message.WriteTo(writer);
        return writer.WrittenSpan.ToArray();
    }
}
