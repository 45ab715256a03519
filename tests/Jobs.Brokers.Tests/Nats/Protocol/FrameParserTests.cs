using System.Text;
using Jobs.Brokers.Nats.Protocol;

namespace Jobs.Brokers.Tests.Nats.Protocol;

public class FrameParserTests
{
    private const string Conversation =
        "INFO {\"server_id\":\"a\"} \r\n" +
        "MSG a.b 9 5\r\nhello\r\n" +
        "msg  a.b\t 10   reply.to \t 0 \r\n\r\n" +
        "HMSG _INBOX.r 2  28 28\r\nNATS/1.0 404 No Messages\r\n\r\n\r\n" +
        "hMsg s 3 $JS.ACK.x 22 27\r\nNATS/1.0\r\nKey: Val\r\n\r\nbytes\r\n" +
        "PING\r\nPONG\r\n+OK\r\nping \r\n" +
        "-ERR 'Permissions Violation for Publish to \"a\"'\r\n";

    private static readonly string[] Expected =
    [
        "Info {\"server_id\":\"a\"}",
        "Message 9 'a.b' '' '' 'hello'",
        "Message 10 'a.b' 'reply.to' '' ''",
        "Message 2 '_INBOX.r' '' 'NATS/1.0 404 No Messages||' ''",
        "Message 3 's' '$JS.ACK.x' 'NATS/1.0|Key: Val||' 'bytes'",
        "Ping ", "Pong ", "Ok ", "Ping ",
        "Error Permissions Violation for Publish to \"a\"",
    ];

    [Fact]
    public void Each_form_is_read() => Assert.Equal(Expected, Read(Conversation, [Conversation.Length]));

    [Fact]
    public void Input_may_be_split_anywhere()
    {
        for (var split = 1; split < Conversation.Length; split++)
        {
            Assert.Equal(Expected, Read(Conversation, [split, Conversation.Length - split]));
        }

        Assert.Equal(Expected, Read(Conversation, [.. Enumerable.Repeat(1, Conversation.Length)]));
    }

    [Theory]
    [InlineData("HTTP/1.1 400 Bad Request\r\n")]
    [InlineData("\r\n")]
    [InlineData(" PING\r\n")]
    [InlineData("PING\n")]
    [InlineData("PINGS\r\n")]
    [InlineData("MSG a 1\r\n")]
    [InlineData("MSG a 1 r 5 5\r\nhello\r\n")]
    [InlineData("MSG a 1 -1\r\n")]
    [InlineData("MSG a 1 +1\r\nx\r\n")]
    [InlineData("MSG a 1 1x\r\nx\r\n")]
    [InlineData("MSG a x 1\r\nx\r\n")]
    [InlineData("MSG a 1 99999999999999999999\r\n")]
    [InlineData("MSG a 1 1001\r\n")]
    [InlineData("MSG a 1 2147483647\r\n")]
    [InlineData("MSG a 1 1\r\nxx\r\n")]
    [InlineData("HMSG a 1 12\r\nNATS/1.0\r\n\r\n\r\n")]
    [InlineData("HMSG a 1 13 12\r\nNATS/1.0\r\n\r\n\r\n")]
    [InlineData("HMSG a 1 11 12\r\nNATS/1.0\r\n\r\n\r\n")]
    [InlineData("HMSG a 1 12 12\r\nNOTS/1.0\r\n\r\n\r\n")]
    public void What_the_protocol_does_not_allow_is_refused(string input) =>
        Assert.Throws<NatsProtocolException>(() => Read(input, [input.Length]));

    [Fact]
    public void A_line_without_end_is_refused()
    {
        var parser = new FrameParser(1000);
        Assert.False(parser.TryParse(Encoding.ASCII.GetBytes("INFO {" + new string('x', 1000)), out _));

        Assert.Throws<NatsProtocolException>(() => parser.TryParse(Encoding.ASCII.GetBytes("INFO {" + new string('x', 70_000)), out _));
    }

    [Fact]
    public void Hostile_input_ends_with_a_typed_error_or_in_frames_that_lie_within_it()
    {
        var random = new Random(20261122);
        var template = Encoding.Latin1.GetBytes(Conversation);
        for (var round = 0; round < 20_000; round++)
        {
            var input = template.ToArray();
            for (var changes = random.Next(1, 6); changes > 0; changes--)
            {
                input[random.Next(input.Length)] = random.Next(3) switch { 0 => (byte)random.Next(256), 1 => (byte)'9', _ => (byte)" \t\r\n.0"[random.Next(6)] };
            }

            try
            {
                Read(Encoding.Latin1.GetString(input), [random.Next(1, input.Length), input.Length]);
            }
            catch (NatsProtocolException)
            {
                // As it should be.
            }
        }
    }

    // The pieces come one after the other; what was not taken is offered again, with more.
    private static List<string> Read(string input, IEnumerable<int> pieces)
    {
        var bytes = Encoding.Latin1.GetBytes(input);
        var parser = new FrameParser(1000);
        var read = new List<string>();
        int start = 0, end = 0;
        foreach (var piece in pieces)
        {
            end = Math.Min(bytes.Length, end + piece);
            while (parser.TryParse(bytes.AsSpan(start, end - start), out var frame))
            {
                read.Add(Show(bytes.AsSpan(start, frame.Length), frame));
                start += frame.Length;
            }
        }

        return read;
    }

    private static string Show(ReadOnlySpan<byte> bytes, in Frame frame) => frame.Kind == FrameKind.Message
        ? $"Message {frame.SubscriptionId} '{Text(bytes[frame.Subject])}' '{Text(bytes[frame.ReplyTo])}' '{Text(bytes[frame.Headers])}' '{Text(bytes[frame.Content])}'"
        : $"{frame.Kind} {Text(bytes[frame.Content])}";

    private static string Text(ReadOnlySpan<byte> bytes) => Encoding.Latin1.GetString(bytes).Replace("\r\n", "|", StringComparison.Ordinal);
}
