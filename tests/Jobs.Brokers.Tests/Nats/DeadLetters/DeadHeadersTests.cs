using Jobs.Brokers.Nats.DeadLetters;
using Jobs.Brokers.Nats.Protocol;

namespace Jobs.Brokers.Tests.Nats.DeadLetters;

public sealed class DeadHeadersTests
{
    [Theory]
    [InlineData("a")]
    [InlineData("with \"quotes\", \\ and\r\nline breaks\t")]
    [InlineData("Füße 🎉")]
    [InlineData(" blanks at both ends ")]
    [InlineData(" ")]
    [InlineData("")]
    [InlineData(@"\u0041 is no escape of ours")]
    public void What_people_wrote_comes_back(string text)
    {
        var block = new NatsHeaderBlock();
        DeadHeaders.Write(block, text, "{\"copy\":1}"u8, text, text);

        Assert.True(System.Text.Ascii.IsValid(block.Bytes));
        var headers = new NatsHeaders(block.Bytes);
        Assert.Equal((text, text, text), (DeadHeaders.Key(headers), DeadHeaders.Reason(headers), DeadHeaders.Error(headers)));
        Assert.Equal("{\"copy\":1}"u8, DeadHeaders.State(headers));
    }

    [Fact]
    public void What_is_missing_is_null()
    {
        var block = new NatsHeaderBlock();
        DeadHeaders.Write(block, "k", default, "r", null);

        var headers = new NatsHeaders(block.Bytes);
        Assert.Null(DeadHeaders.Error(headers));
        Assert.True(DeadHeaders.State(headers).IsEmpty);
        Assert.Null(DeadHeaders.Key(default));
    }

    [Theory]
    [InlineData('x')]
    [InlineData('\\')]
    [InlineData('ß')]
    public void A_long_error_leaves_room_for_the_state(char filler)
    {
        var block = new NatsHeaderBlock();
        DeadHeaders.Write(block, new string('ß', 256), new byte[24 * 1024], "r", new string(filler, 100_000));

        Assert.InRange(block.Bytes.Length, 1, 64 * 1024);
        Assert.StartsWith(new string(filler, 1_000), DeadHeaders.Error(new NatsHeaders(block.Bytes)), StringComparison.Ordinal);
    }

    [Fact]
    public void What_others_wrote_is_taken_as_it_is()
    {
        var block = new NatsHeaderBlock().Add("Jobs-Reason"u8, @"C:\x").Add("Jobs-Error"u8, "say \"no\" \\");

        var headers = new NatsHeaders(block.Bytes);
        Assert.Equal((@"C:\x", "say \"no\" \\"), (DeadHeaders.Reason(headers), DeadHeaders.Error(headers)));
    }
}
