using System.Text;
using Jobs.Brokers.Redis.Protocol;

namespace Jobs.Brokers.Tests.Redis.Protocol;

public sealed class RespReaderTests
{
    [Fact]
    public void Values_of_RESP2_are_read_in_order()
    {
        var reader = Read("*6\r\n+OK\r\n:42\r\n$3\r\na\r\n\r\n$-1\r\n*-1\r\n$2\r\n-7\r\n");

        Assert.Equal(6, reader.ReadArray());
        Assert.Equal("OK", reader.ReadString());
        Assert.Equal(42, reader.ReadInteger());
        Assert.Equal("a\r\n"u8, reader.ReadBytes());
        Assert.True(reader.TryReadNull());
        Assert.Equal(0, reader.ReadArray());
        Assert.Equal(-7, reader.ReadInteger());
    }

    [Fact]
    public void Values_of_RESP3_are_read_in_order()
    {
        var reader = Read("%1\r\n+map\r\n~7\r\n_\r\n#t\r\n#f\r\n,1.5\r\n(123456789012345678901234567890\r\n=6\r\ntxt:hi\r\n>1\r\n:1\r\n");

        Assert.True(reader.IsMap);
        Assert.Equal(2, reader.ReadArray());
        Assert.Equal("map", reader.ReadString());
        Assert.Equal(7, reader.ReadArray());
        Assert.True(reader.TryReadNull());
        Assert.Equal(1, reader.ReadInteger());
        Assert.Equal(0, reader.ReadInteger());
        Assert.Equal("1.5", reader.ReadString());
        Assert.Equal("123456789012345678901234567890", reader.ReadString());
        Assert.Equal("hi", reader.ReadString());
        Assert.Equal(1, reader.ReadArray());
    }

    [Theory]
    [InlineData("$-1\r\n")]
    [InlineData("*-1\r\n")]
    [InlineData("_\r\n")]
    public void Null_reads_as_nothing(string reply)
    {
        Assert.Equal(0, Read(reply).ReadArray());
        Assert.True(Read(reply).ReadBytes().IsEmpty);
        Assert.True(Read(reply).TryReadNull());
    }

    [Fact]
    public void Attributes_are_passed_over()
    {
        var reader = Read("*2\r\n|1\r\n+ttl\r\n|1\r\n+a\r\n+b\r\n:3\r\n:5\r\n|1\r\n+x\r\n*1\r\n:1\r\n:6\r\n");

        Assert.Equal(2, reader.ReadArray());
        Assert.Equal(5, reader.ReadInteger());
        Assert.Equal(6, reader.ReadInteger());
    }

    [Fact]
    public void A_skipped_value_takes_all_that_it_holds()
    {
        var reader = Read("*2\r\n%1\r\n+k\r\n*2\r\n:1\r\n*1\r\n$1\r\nx\r\n+end\r\n");

        reader.ReadArray();
        reader.Skip();
        Assert.Equal("end", reader.ReadString());
    }

    [Fact]
    public void What_is_not_asked_for_is_an_error()
    {
        Assert.Throws<RedisProtocolException>(static () => Read("+OK\r\n").ReadArray());
        Assert.Throws<RedisProtocolException>(static () => Read("*0\r\n").ReadString());
        Assert.Throws<RedisProtocolException>(static () => Read("+abc\r\n").ReadInteger());
        Assert.Throws<RedisProtocolException>(static () => Read(":99999999999999999999\r\n").ReadInteger());
        Assert.Throws<RedisProtocolException>(static () => Read("").ReadInteger());
        Assert.Throws<RedisProtocolException>(static () => default(RespReply).GetReader().ReadInteger());
    }

    [Fact]
    public void An_error_inside_a_reply_is_thrown_where_it_is_read()
    {
        Assert.Equal(RedisErrorKind.WrongType, Assert.Throws<RedisServerException>(static () => Read("-WRONGTYPE no\r\n").ReadInteger()).Kind);
        Assert.Equal("OOM full", Assert.Throws<RedisServerException>(static () => Read("!8\r\nOOM full\r\n").ReadArray()).Message);
    }

    [Theory]
    [InlineData("LOADING Redis is loading the dataset in memory", nameof(RedisErrorKind.Loading))]
    [InlineData("READONLY You can't write against a read only replica.", nameof(RedisErrorKind.ReadOnly))]
    [InlineData("MASTERDOWN Link with MASTER is down", nameof(RedisErrorKind.Unavailable))]
    [InlineData("CLUSTERDOWN The cluster is down", nameof(RedisErrorKind.Unavailable))]
    [InlineData("OOM command not allowed when used memory > 'maxmemory'.", nameof(RedisErrorKind.OutOfMemory))]
    [InlineData("ERR Error running script (call to f_abc): @user_script:1: @user_script: 1: -OOM command not allowed", nameof(RedisErrorKind.OutOfMemory))]
    [InlineData("ERR Error running script (call to f_abc): @user_script:3: NOGROUP No such key '{a}:b' or consumer group", nameof(RedisErrorKind.NoGroup))]
    [InlineData("ERR Error running script (call to f_abc): @user_script:12: WRONGTYPE Operation against a key", nameof(RedisErrorKind.WrongType))]
    [InlineData("ERR Error running script (call to f_abc): @user_script:7: attempt to index a nil value", nameof(RedisErrorKind.Other))]
    [InlineData("NOGROUP No such key", nameof(RedisErrorKind.NoGroup))]
    [InlineData("BUSYGROUP Consumer Group name already exists", nameof(RedisErrorKind.BusyGroup))]
    [InlineData("UNBLOCKED the stream key no longer exists", nameof(RedisErrorKind.Unblocked))]
    [InlineData("CROSSSLOT Keys in request don't hash to the same slot", nameof(RedisErrorKind.CrossSlot))]
    [InlineData("WRONGPASS invalid username-password pair", nameof(RedisErrorKind.WrongPassword))]
    [InlineData("NOAUTH Authentication required.", nameof(RedisErrorKind.NoAuthentication))]
    [InlineData("NOPERM this user has no permissions", nameof(RedisErrorKind.NoPermission))]
    [InlineData("NOSCRIPT No matching script.", nameof(RedisErrorKind.NoScript))]
    [InlineData("BUSY Redis is busy running a script.", nameof(RedisErrorKind.Busy))]
    [InlineData("MISCONF Redis is configured to save", nameof(RedisErrorKind.Misconfigured))]
    [InlineData("WRONGTYPE Operation against a key", nameof(RedisErrorKind.WrongType))]
    [InlineData("ERR syntax error", nameof(RedisErrorKind.Other))]
    [InlineData("", nameof(RedisErrorKind.Other))]
    public void The_first_word_tells_what_an_error_means(string error, string kind) =>
        Assert.Equal(kind, RedisErrors.Kind(Encoding.UTF8.GetBytes(error)).ToString());

    private static RespReader Read(string reply) => new(Encoding.UTF8.GetBytes(reply));
}
