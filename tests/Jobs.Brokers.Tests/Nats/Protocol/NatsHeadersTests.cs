using System.Text;
using Jobs.Brokers.Nats.Protocol;

namespace Jobs.Brokers.Tests.Nats.Protocol;

public class NatsHeadersTests
{
    [Fact]
    public void What_is_written_is_read_again()
    {
        var block = new NatsHeaderBlock().Add("Nats-Msg-Id"u8, "a:1"u8).Add("Jobs-State"u8, new string('ä', 300)).Add("Empty"u8, ""u8);
        var headers = new NatsHeaders(block.Bytes);

        Assert.Equal("NATS/1.0\r\nNats-Msg-Id: a:1\r\n", Encoding.UTF8.GetString(block.Bytes[..28]));
        Assert.True(block.Bytes.EndsWith("Empty: \r\n\r\n"u8));
        Assert.Equal("a:1", Value(headers, "Nats-Msg-Id"));
        Assert.Equal(new string('ä', 300), Value(headers, "Jobs-State"));
        Assert.Equal("", Value(headers, "Empty"));
        Assert.Null(Value(headers, "nats-msg-id"));
        Assert.Equal(0, headers.Status);
        Assert.True(block.Clear().Bytes.IsEmpty);
    }

    [Theory]
    [InlineData("NATS/1.0 503\r\n\r\n", 503, "")]
    [InlineData("NATS/1.0   409  Message Size Exceeds MaxBytes \r\n\r\n", 409, "Message Size Exceeds MaxBytes")]
    [InlineData("NATS/1.0 100 Idle Heartbeat\r\nNats-Last-Consumer: 5\r\n\r\n", 100, "Idle Heartbeat")]
    [InlineData("NATS/1.0\r\nA: 404\r\n\r\n", 0, "")]
    [InlineData("NATS/1.0 x\r\n\r\n", 0, "")]
    [InlineData("", 0, "")]
    public void A_status_line_is_read(string block, int status, string text)
    {
        var headers = new NatsHeaders(Encoding.ASCII.GetBytes(block));

        Assert.Equal(status, headers.Status);
        Assert.Equal(text, Encoding.ASCII.GetString(headers.StatusText));
    }

    [Fact]
    public void What_is_no_header_is_passed_over()
    {
        var headers = new NatsHeaders("NATS/1.0\r\nnonsense\r\n: x\r\nA:\t b \r\n\r\n"u8);

        Assert.Equal("b", Value(headers, "A"));
    }

    [Theory]
    [InlineData("", "x")]
    [InlineData("a b", "x")]
    [InlineData("a:b", "x")]
    [InlineData("ä", "x")]
    [InlineData("a", "x\r\nb: y")]
    public void What_would_break_the_block_is_refused(string name, string value) =>
        Assert.Throws<ArgumentException>(() => new NatsHeaderBlock().Add(Encoding.UTF8.GetBytes(name), value));

    private static string? Value(NatsHeaders headers, string name) =>
        headers.TryGet(Encoding.UTF8.GetBytes(name), out var value) ? Encoding.UTF8.GetString(value) : null;
}
