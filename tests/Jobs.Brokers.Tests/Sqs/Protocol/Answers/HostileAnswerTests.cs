using System.Buffers;
using System.Text;
using Jobs.Brokers.Sqs.Protocol;
using Jobs.Brokers.Sqs.Protocol.Answers;
using Jobs.Brokers.Sqs.Protocol.Http;

namespace Jobs.Brokers.Tests.Sqs.Protocol.Answers;

/// <summary>Whatever comes ends in a typed error, or in what lies within it.</summary>
public class HostileAnswerTests
{
    private const int Rounds = 20_000;

    private const string Messages =
        """{"Messages":[{"Body":"{\"a\":\"\u00e4\"}","ReceiptHandle":"h==","MessageId":"m","MD5OfBody":"ab","Attributes":{"ApproximateReceiveCount":"2","SentTimestamp":"17"},"MessageAttributes":{"JobsState":{"StringValue":"{}","DataType":"String"},"x":{"StringValue":"y"}}}]}""";

    private const string Batch = """{"Successful":[{"Id":"0","MD5OfMessageBody":"ab"}],"Failed":[{"Id":"1","Code":"X.Y#Z","Message":"no","SenderFault":true}]}""";

    private const string Http = "HTTP/1.1 200 OK\r\nDate: Sun, 22 Nov 2026 15:00:00 GMT\r\nTransfer-Encoding: chunked\r\nx-amzn-RequestId: a\r\n\r\n5\r\nhello\r\n0\r\n\r\n";

    [Fact]
    public void Messages_that_are_none() => Each(Messages, static bytes =>
    {
        var buffer = ArrayPool<byte>.Shared.Rent(bytes.Length);
        bytes.CopyTo(buffer, 0);
        using var answer = new SqsAnswer(buffer, bytes.Length, 0);
        using var messages = MessageReader.Read(answer, static () => { });
        foreach (ref readonly var message in messages)
        {
            Assert.InRange(message.Body.Length + message.ReceiptHandle.Length + message.State.Length, 1, bytes.Length);
            Assert.True(message.ReceiveCount >= 1);
        }
    });

    [Fact]
    public void Batches_that_are_none() => Each(Batch, static bytes =>
    {
        var results = new SqsEntryResult[2];
        BatchReader.Read(SqsAction.SendMessageBatch, bytes, [SqsClients.Entry("a"), SqsClients.Entry("b")], results);
    });

    [Fact]
    public void Attributes_and_texts_that_are_none() => Each("""{"Attributes":{"a":"b","c":"d"},"QueueUrl":"x"}""", static bytes =>
    {
        SqsAnswerReader.ReadMap(SqsAction.GetQueueAttributes, "Attributes", bytes);
        SqsAnswerReader.ReadText(SqsAction.GetQueueUrl, bytes, "QueueUrl");
    });

    [Fact]
    public void Errors_that_are_none() => Each("""{"__type":"com.amazonaws.sqs#QueueDoesNotExist","message":"m"}""", static bytes =>
        Assert.NotEmpty(SqsErrors.Read(SqsAction.GetQueueUrl, "q", System.Net.HttpStatusCode.BadRequest, null, bytes).Message));

    [Fact]
    public void Http_that_is_none() => Each(Http, static bytes =>
    {
        var place = 0;
        var reader = new HttpAnswerReader(buffer =>
        {
            var count = Math.Min(Math.Min(buffer.Length, 7), bytes.Length - place);
            bytes.AsSpan(place, count).CopyTo(buffer);
            place += count;
            return count;
        });
        try
        {
            using var answer = reader.Read(TimeProvider.System);
            Assert.InRange(answer.Content.Body.Length, 0, bytes.Length);
        }
        catch (Exception exception) when (exception is InvalidDataException or EndOfStreamException)
        {
            // What a connection that cannot be understood ends with.
        }
    });

    [Fact]
    public void Http_is_read_however_it_is_cut()
    {
        var bytes = Encoding.ASCII.GetBytes(Http);
        for (var chunk = 1; chunk <= bytes.Length; chunk++)
        {
            var place = 0;
            var size = chunk;
            var reader = new HttpAnswerReader(buffer =>
            {
                var count = Math.Min(Math.Min(buffer.Length, size), bytes.Length - place);
                bytes.AsSpan(place, count).CopyTo(buffer);
                place += count;
                return count;
            });
            using var answer = reader.Read(TimeProvider.System);
            Assert.Equal("hello", Encoding.ASCII.GetString(answer.Content.Body));
            Assert.Equal(("a", new DateTimeOffset(2026, 11, 22, 15, 0, 0, TimeSpan.Zero)), (answer.RequestId, answer.Date!.Value));
        }
    }

    private static void Each(string template, Action<byte[]> read)
    {
        var random = new Random(20261122);
        var original = Encoding.UTF8.GetBytes(template);
        for (var round = 0; round < Rounds; round++)
        {
            var input = original[..(random.Next(4) == 0 ? random.Next(original.Length + 1) : original.Length)];
            for (var changes = input.Length == 0 ? 0 : random.Next(1, 5); changes > 0; changes--)
            {
                input[random.Next(input.Length)] = random.Next(3) == 0 ? (byte)random.Next(256) : (byte)"{}[]\",:\\u0 1\r\n"[random.Next(14)];
            }

            try
            {
                read(input);
            }
            catch (SqsException exception)
            {
                Assert.Equal(SqsErrorKind.BadAnswer, exception.Kind);
            }
        }
    }
}
