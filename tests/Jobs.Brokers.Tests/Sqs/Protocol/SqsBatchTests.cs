using System.Text;
using Jobs.Brokers.Sqs.Protocol;

namespace Jobs.Brokers.Tests.Sqs.Protocol;

/// <summary>What becomes of each entry.</summary>
public class SqsBatchTests
{
    private const string Queue = "https://sqs.eu-central-1.amazonaws.com/1/q";

    private static CancellationToken Token => TestContext.Current.CancellationToken;

    [Fact]
    public async Task Entries_that_fail_in_a_way_that_passes_go_out_again_alone()
    {
        var number = 0;
        await using var service = new ScriptedSqs(_ => ScriptedSqs.Answer(++number == 1
            ? """{"Successful":[{"Id":"2"}],"Failed":[{"Id":"0","Code":"InternalError","SenderFault":false},{"Id":"1","Code":"InvalidMessageContents","Message":"No.","SenderFault":true}]}"""
            : """{"Successful":[{"Id":"0"}]}"""));
        await using var client = SqsClients.Open(service.Url);
        var results = await client.SendAsync(Queue, SqsClients.Entry("a"), SqsClients.Entry("b"), SqsClients.Entry("c"));

        Assert.Equal([SqsErrorKind.None, SqsErrorKind.IllegalCharacters, SqsErrorKind.None], results.Select(static result => result.Error));
        Assert.Equal("No.", results[1].Message);
        var second = service.Requests.Last().Body;
        Assert.Contains("\"MessageBody\":\"a\"", second, StringComparison.Ordinal);
        Assert.DoesNotContain("\"MessageBody\":\"c\"", second, StringComparison.Ordinal);
    }

    [Fact]
    public async Task Entries_keep_their_results_when_the_retry_of_others_is_lost()
    {
        var number = 0;
        await using var service = new ScriptedSqs(_ => ++number == 1
            ? ScriptedSqs.Answer("""{"Successful":[{"Id":"1"}],"Failed":[{"Id":"0","Code":"InternalError"}]}""")
            : "");
        await using var client = SqsClients.Open(service.Url);
        var results = await client.SendAsync(Queue, SqsClients.Entry("a"), SqsClients.Entry("b"));
        Assert.True(results[0] is { Error: SqsErrorKind.Unreachable, IsOutcomeUnknown: true });
        Assert.True(results[1].IsOk);
    }

    [Fact]
    public async Task What_the_answer_does_not_mention_or_gets_wrong_is_unknown()
    {
        await using var service = new ScriptedSqs(static _ => ScriptedSqs.Answer(
            """{"Successful":[{"Id":"0","MD5OfMessageBody":"00000000000000000000000000000000"},{"Id":"7"},{"Id":"x"},{}]}"""));
        await using var client = SqsClients.Open(service.Url);
        var results = await client.SendAsync(Queue, SqsClients.Entry("a"), SqsClients.Entry("b"));
        Assert.Equal(["ChecksumMismatch", "MissingFromAnswer"], results.Select(static result => result.Code));
        Assert.All(results, static result => Assert.True(result is { Error: SqsErrorKind.BadAnswer, IsOutcomeUnknown: true }));
        Assert.Single(service.Requests);
    }

    [Fact]
    public async Task What_SQS_would_refuse_is_not_sent()
    {
        await using var service = new ScriptedSqs(static _ => ScriptedSqs.Answer("""{"Successful":[{"Id":"0"}]}"""));
        await using var client = SqsClients.Open(service.Url);
        var text = Encoding.UTF8.GetBytes("v");
        SqsSendEntry[] wrong =
        [
            SqsClients.Entry(""),
            SqsClients.Entry("a\u0001b"),
            SqsClients.Entry("a\uFFFEb"),
            new SqsSendEntry(new byte[] { 0xC3, 0x28 }),
            SqsClients.Entry("a", delay: 901),
            SqsClients.Entry("a", delay: -1),
            SqsClients.Entry(new string('a', SqsLimits.MaxBytes + 1)),
            SqsClients.Entry("a") with { Attributes = Enumerable.Range(0, 11).Select(i => new SqsAttribute($"a{i}", text)).ToArray() },
            SqsClients.Entry("a") with { GroupId = "has blank" },
            SqsClients.Entry("a") with { State = new byte[] { 0 } },
        ];
        var results = await client.SendAsync(Queue, wrong);

        Assert.All(results, static result => Assert.True(result is { IsOk: false, IsSenderFault: true, IsOutcomeUnknown: false }));
        Assert.Equal(SqsErrorKind.TooLarge, results[6].Error);
        Assert.Empty(service.Requests);

        await Assert.ThrowsAsync<ArgumentException>(() => client.SendAsync(Queue, [.. Enumerable.Repeat(SqsClients.Entry("a"), 11)]));
        var half = SqsClients.Entry(new string('a', (SqsLimits.MaxBytes / 2) + 1));
        var error = await Assert.ThrowsAsync<SqsException>(() => client.SendAsync(Queue, half, half));
        Assert.True(error is { Kind: SqsErrorKind.TooLarge, IsOutcomeUnknown: false });
        Assert.Empty(service.Requests);
    }

    [Fact]
    public async Task Characters_beyond_the_first_plane_are_legal()
    {
        await using var service = new ScriptedSqs(static _ => ScriptedSqs.Answer("""{"Successful":[{"Id":"0"}]}"""));
        await using var client = SqsClients.Open(service.Url);
        Assert.True((await client.SendAsync(Queue, SqsClients.Entry("𝄞 😀\t\uFFFD")))[0].IsOk);
    }

    [Fact]
    public async Task A_message_that_is_not_intact_is_handed_on_and_one_without_handle_is_not()
    {
        await using var service = new ScriptedSqs(static _ => ScriptedSqs.Answer(
            """
            {"Messages":[
              {"Body":"a","ReceiptHandle":"h1","MessageId":"m1","MD5OfBody":"00000000000000000000000000000000"},
              {"Body":"b","MessageId":"m2"},
              {"Body":"c","ReceiptHandle":"h3","MD5OfBody":"4a8a08f09d37b73795649038408b5f33","Attributes":{"ApproximateReceiveCount":"3","SentTimestamp":"1700000000123","DeadLetterQueueSourceArn":"arn:x","Other":{}},
               "MessageAttributes":{"JobsState":{"StringValue":"{}","DataType":"String"},"Blob":{"BinaryValue":"AA==","DataType":"Binary"}},"Unknown":[1,{}]},
              {"Body":"\ud800","ReceiptHandle":"h4"}]}
            """));
        await using var client = SqsClients.Open(service.Url);
        using var messages = await client.ReceiveAsync(Queue);

        Assert.Equal(3, messages.Count);
        Assert.False(messages[0].IsIntact);
        Assert.True(messages[1].IsIntact);
        Assert.False(messages[2].IsIntact);
        Assert.Equal(("c", "h3", "{}", 3, "arn:x"), (messages[1].Body.Text(), messages[1].ReceiptHandle.Text(), messages[1].State.Text(), messages[1].ReceiveCount, messages[1].DeadLetterSourceArn.Text()));
        Assert.Equal(DateTimeOffset.FromUnixTimeMilliseconds(1700000000123), messages[1].SentAt);
        Assert.True(messages[1].Attributes.IsEmpty);
    }
}
