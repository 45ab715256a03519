using System.Text;
using Jobs.Brokers.Redis.Protocol;

namespace Jobs.Brokers.Tests.Redis.Protocol;

public sealed class RespCommandTests
{
    private static readonly RedisScript Script = new("one", "return 1");

    [Fact]
    public void A_command_is_an_array_of_bulk_strings()
    {
        var command = RespCommand.Rent("XADD"u8).Key("q"u8).Add("é").Add(-12).AddId(15, 3);

        Assert.Equal("*5\r\n$4\r\nXADD\r\n$1\r\nq\r\n$2\r\né\r\n$3\r\n-12\r\n$4\r\n15-3\r\n", Text(command));
        Assert.Equal(command.Encode().Length, command.Length);
        Assert.Equal("q"u8, command.FirstKey);
        command.Release();
    }

    [Theory]
    [InlineData(1)]
    [InlineData(9)]
    [InlineData(10)]
    [InlineData(99)]
    [InlineData(12_345)]
    public void The_count_has_as_few_digits_as_it_needs(int arguments)
    {
        var command = RespCommand.Rent("A"u8);
        for (var i = 1; i < arguments; i++)
        {
            command.Add(ReadOnlySpan<byte>.Empty);
        }

        Assert.StartsWith($"*{arguments}\r\n$1\r\nA\r\n", Text(command), StringComparison.Ordinal);
        Assert.Equal(command.Encode().Length, command.Length);
        command.Release();
    }

    [Fact]
    public void Extremes_of_numbers_fit()
    {
        var command = RespCommand.Rent("A"u8).Add(long.MinValue).AddId(ulong.MaxValue, ulong.MaxValue);

        Assert.Contains("$20\r\n-9223372036854775808\r\n$41\r\n18446744073709551615-18446744073709551615\r\n", Text(command), StringComparison.Ordinal);
        command.Release();
    }

    [Fact]
    public void A_script_is_named_by_its_hash_and_sent_in_full_on_demand()
    {
        var command = RespCommand.Rent(Script, 1).Key("k"u8).Add("v"u8);
        var full = new byte[command.FullLength];
        command.EncodeFull(full);

        Assert.Equal("*5\r\n$7\r\nEVALSHA\r\n$40\r\ne0e1f9fabfc9d4800c877a703b823ac0578ff8db\r\n$1\r\n1\r\n$1\r\nk\r\n$1\r\nv\r\n", Text(command));
        Assert.Equal("*5\r\n$4\r\nEVAL\r\n$8\r\nreturn 1\r\n$1\r\n1\r\n$1\r\nk\r\n$1\r\nv\r\n", Encoding.UTF8.GetString(full));
        Assert.Equal("k"u8, command.FirstKey);
        command.Release();
    }

    [Fact]
    public void A_large_argument_grows_the_buffer()
    {
        var argument = new string('x', 300_000);
        var command = RespCommand.Rent("SET"u8).Key("k"u8).Add(argument);

        Assert.Equal($"*3\r\n$3\r\nSET\r\n$1\r\nk\r\n$300000\r\n{argument}\r\n", Text(command));
        command.Release();
    }

    [Fact]
    public void A_released_command_begins_anew()
    {
        RespCommand.Rent(Script, 1).Key("k"u8).Release();
        var command = RespCommand.Rent("PING"u8);

        Assert.Equal("*1\r\n$4\r\nPING\r\n", Text(command));
        Assert.True(command.FirstKey.IsEmpty);
        Assert.Null(command.Script);
        command.Release();
    }

    [Fact]
    public void What_was_released_cannot_be_used()
    {
        var command = RespCommand.Rent("PING"u8);
        command.Release();

        Assert.Throws<ObjectDisposedException>(command.Release);
        Assert.Throws<ObjectDisposedException>(() => command.Add("x"u8));
    }

    private static string Text(RespCommand command) => Encoding.UTF8.GetString(command.Encode());
}
