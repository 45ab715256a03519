using System.Text;
using Jobs.Brokers.Redis.Protocol;

namespace Jobs.Brokers.Tests.Redis.Protocol;

public sealed class RespScannerTests
{
    private const int Limit = 1 << 20;

    public static TheoryData<string> Replies => new(
        "+OK\r\n",
        "-ERR no\r\n",
        ":1\r\n",
        "$0\r\n\r\n",
        "$5\r\na\r\nb\r\r\n",
        "$-1\r\n",
        "*-1\r\n",
        "*0\r\n",
        "_\r\n",
        "%2\r\n+a\r\n:1\r\n+b\r\n*2\r\n$1\r\nx\r\n#t\r\n",
        "~1\r\n(12345678901234567890\r\n",
        ">2\r\n+message\r\n,1.5\r\n",
        "!5\r\nERR x\r\n",
        "=6\r\ntxt:hi\r\n",
        "|1\r\n+ttl\r\n:5\r\n*1\r\n|1\r\n+a\r\n+b\r\n:6\r\n");

    [Theory]
    [MemberData(nameof(Replies))]
    public void A_reply_ends_at_the_same_byte_however_it_is_split(string reply)
    {
        var bytes = Encoding.ASCII.GetBytes(reply + reply);
        var length = bytes.Length / 2;
        for (var split = 0; split < length; split++)
        {
            var scanner = new RespScanner(Limit);
            Assert.False(scanner.TryScan(bytes.AsSpan(0, split), out _));
            Assert.True(scanner.TryScan(bytes, out var found));
            Assert.Equal(length, found);
            Assert.True(scanner.TryScan(bytes.AsSpan(length), out found));
            Assert.Equal(length, found);
        }

        var stepwise = new RespScanner(Limit);
        for (var end = 0; end < length; end++)
        {
            Assert.False(stepwise.TryScan(bytes.AsSpan(0, end), out _));
        }

        Assert.True(stepwise.TryScan(bytes.AsSpan(0, length), out _));
    }

    [Theory]
    [InlineData("HTTP/1.1 400 Bad Request\r\n")]
    [InlineData("\u0015\u0003\u0001")]
    [InlineData("+OK\n")]
    [InlineData("\r\n")]
    [InlineData("$-2\r\n")]
    [InlineData("$+1\r\n")]
    [InlineData("$\r\n")]
    [InlineData("$ 1\r\n")]
    [InlineData("$1x\r\n")]
    [InlineData("$?\r\n")]
    [InlineData("*99999999999999999999\r\n")]
    [InlineData("*2147483647\r\n")]
    [InlineData("%2147483647\r\n")]
    [InlineData("$2147483647\r\n")]
    [InlineData("$1\r\nabc\r\n")]
    [InlineData("_x\r\n")]
    public void What_no_server_sends_is_refused_at_once(string reply)
    {
        var scanner = new RespScanner(Limit);

        Assert.Throws<RedisProtocolException>(() => scanner.TryScan(Encoding.Latin1.GetBytes(reply), out _));
    }

    [Fact]
    public void A_line_without_end_is_refused()
    {
        var scanner = new RespScanner(Limit);
        var line = Encoding.ASCII.GetBytes("+" + new string('x', 70_000));

        Assert.False(scanner.TryScan(line.AsSpan(0, 60_000), out _));
        Assert.Throws<RedisProtocolException>(() => scanner.TryScan(line, out _));
    }

    [Fact]
    public void Depth_costs_nothing()
    {
        var deep = Encoding.ASCII.GetBytes(string.Concat(Enumerable.Repeat("|1\r\n*1\r\n", 100_000)) + ":1\r\n" + string.Concat(Enumerable.Repeat(":1\r\n", 100_000)));
        var scanner = new RespScanner(4 * Limit);

        // Half of the attributes' pairs are still owed.
        Assert.False(scanner.TryScan(deep, out _));
        new RespReader(Encoding.ASCII.GetBytes(string.Concat(Enumerable.Repeat("*1\r\n", 100_000)) + ":1\r\n")).Skip();
        Assert.Throws<RedisProtocolException>(() => new RespReader(Encoding.ASCII.GetBytes(string.Concat(Enumerable.Repeat("|1\r\n", 100_000)))).ReadInteger());
    }

    [Fact]
    public void Random_bytes_are_a_value_or_too_little_or_refused()
    {
        var random = new Random(20_26);
        for (var round = 0; round < 50_000; round++)
        {
            var bytes = Hostile(random);
            try
            {
                var scanner = new RespScanner(Limit);
                for (var end = 0; end <= bytes.Length; end += random.Next(1, 8))
                {
                    if (scanner.TryScan(bytes.AsSpan(0, end), out var length))
                    {
                        ReadAll(bytes.AsSpan(0, length));
                        break;
                    }
                }
            }
            catch (RedisProtocolException)
            {
            }
        }
    }

    [Fact]
    public void Random_bytes_make_a_reader_throw_what_it_says()
    {
        var random = new Random(4);
        for (var round = 0; round < 50_000; round++)
        {
            var reader = new RespReader(Hostile(random));
            try
            {
                for (var step = 0; step < 20; step++)
                {
                    _ = random.Next(6) switch
                    {
                        0 => reader.ReadArray(),
                        1 => reader.ReadBytes().Length,
                        2 => reader.ReadInteger(),
                        3 => reader.TryReadNull() ? 1 : 0,
                        4 => reader.IsMap ? 1 : 0,
                        _ => reader.ReadString().Length,
                    };
                }
            }
            catch (Exception exception) when (exception is RedisProtocolException or RedisServerException)
            {
            }
        }
    }

    // A whole reply can be read to its end.
    private static void ReadAll(ReadOnlySpan<byte> reply)
    {
        var reader = new RespReader(reply);
        reader.Skip();
        try
        {
            reader.Skip();
            Assert.Fail("The reader found more than the scanner.");
        }
        catch (RedisProtocolException)
        {
        }
    }

    private static byte[] Hostile(Random random)
    {
        string[] parts = ["+", "-", ":", "$", "*", "_", "#", ",", "(", "!", "=", "%", "~", ">", "|", "\r\n", "\r\n", "\r\n", "1", "2", "0", "-1", "2147483647", "99999999999", "x", "txt:", "\r", "\n", "\0"];
        var text = new StringBuilder();
        for (var i = random.Next(1, 24); i > 0; i--)
        {
            text.Append(parts[random.Next(parts.Length)]);
        }

        return Encoding.ASCII.GetBytes(text.ToString());
    }
}
