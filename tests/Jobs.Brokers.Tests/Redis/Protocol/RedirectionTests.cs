using System.Net;
using Jobs.Brokers.Redis.Protocol;

namespace Jobs.Brokers.Tests.Redis.Protocol;

public sealed class RedirectionTests
{
    [Theory]
    [InlineData("MOVED 3999 127.0.0.1:6381", false, 3999, "127.0.0.1", 6381)]
    [InlineData("ASK 1 ::1:7", true, 1, "::1", 7)]
    [InlineData("MOVED 0 :6381", false, 0, "sender", 6381)]
    public void Redirections_are_read(string error, bool isAsk, int slot, string host, int port) =>
        Assert.Equal(new Redirection(isAsk, slot, new DnsEndPoint(host, port)), Redirection.Parse(error, new DnsEndPoint("sender", 1)));

    [Fact]
    public void What_is_no_redirection_is_not_read_as_one()
    {
        Assert.Null(Redirection.Parse("CLUSTERDOWN The cluster is down", null));
        Assert.Throws<RedisProtocolException>(static () => Redirection.Parse("MOVED 16384 a:1", null));
        Assert.Throws<RedisProtocolException>(static () => Redirection.Parse("MOVED 1 a", null));
        Assert.Throws<RedisProtocolException>(static () => Redirection.Parse("ASK x a:1", null));
        Assert.Throws<RedisProtocolException>(static () => Redirection.Parse("ASK 1 a:99999", null));
    }
}
