using System.Text;
using Jobs.Brokers.Nats.JetStream;

namespace Jobs.Brokers.Tests.Nats.JetStream;

public sealed class PublishAckTests
{
    [Theory]
    [InlineData("""{"stream":"S","seq":12}""", 12, false)]
    [InlineData("""{"stream":"S", "seq":18446744073709551615,"duplicate": true}""", ulong.MaxValue, true)]
    [InlineData("""{"type":"x","domain":"hub","stream":"S","later":{"seq":[1]},"duplicate":false,"seq":3}""", 3, false)]
    public void A_message_that_is_stored(string json, ulong sequence, bool isDuplicate)
    {
        Assert.True(PublishAck.TryParse(Encoding.UTF8.GetBytes(json), out var ack));
        Assert.Equal((sequence, isDuplicate, true), (ack.Sequence, ack.IsDuplicate, ack.IsStored));
    }

    [Theory]
    [InlineData(503, 10077, "LimitReached")]
    [InlineData(400, 10054, "TooLarge")]
    [InlineData(400, 10071, "WrongLastSequence")]
    [InlineData(400, 10164, "WrongLastSequence")]
    [InlineData(503, 10008, "Unavailable")]
    [InlineData(429, 10167, "Unavailable")]
    [InlineData(503, 0, "Unavailable")]
    [InlineData(404, 10059, "NotFound")]
    [InlineData(500, 99999, "Other")]
    public void A_message_that_is_refused(int code, int errorCode, string kind)
    {
        var json = $$$"""{"error":{"code":{{{code}}},"err_code":{{{errorCode}}},"description":"because \"so\""},"stream":"S","seq":0}""";

        Assert.True(PublishAck.TryParse(Encoding.UTF8.GetBytes(json), out var ack));
        Assert.Equal((false, kind, code, errorCode), (ack.IsStored, ack.ErrorKind.ToString(), ack.Code, ack.ErrorCode));
        Assert.Contains("because \"so\"", JetStreamException.Of(Encoding.UTF8.GetBytes(json))!.Message, StringComparison.Ordinal);
    }

    [Theory]
    [InlineData("")]
    [InlineData("+OK")]
    [InlineData("[]")]
    [InlineData("{}")]
    [InlineData("""{"stream":"S"}""")]
    [InlineData("""{"seq":"1"}""")]
    [InlineData("""{"seq":-1}""")]
    [InlineData("""{"seq":1""")]
    public void What_is_none(string json) => Assert.False(PublishAck.TryParse(Encoding.UTF8.GetBytes(json), out _));

    [Fact]
    public void Reading_one_allocates_nothing()
    {
        var stored = """{"stream":"S","seq":12,"duplicate":true}"""u8.ToArray();
        var refused = """{"error":{"code":503,"err_code":10077,"description":"maximum messages exceeded"},"stream":"S","seq":0}"""u8.ToArray();
        var areRead = PublishAck.TryParse(stored, out _) && PublishAck.TryParse(refused, out _);

        var before = GC.GetAllocatedBytesForCurrentThread();
        areRead &= PublishAck.TryParse(stored, out _) && PublishAck.TryParse(refused, out _);
        var after = GC.GetAllocatedBytesForCurrentThread();

        Assert.True(areRead);
        Assert.Equal(before, after);
    }
}
