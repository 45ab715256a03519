using Jobs.Brokers.Redis.Protocol;

namespace Jobs.Brokers.Tests.Redis.Protocol;

public sealed class RedisConnectionStringTests
{
    [Theory]
    [InlineData("localhost", "localhost:6379")]
    [InlineData("redis1:1000, redis2", "redis1:1000 redis2:6379")]
    [InlineData("10.0.0.1:7,[::1]:8,[fe80::2],fe80::3", "10.0.0.1:7 ::1:8 fe80::2:6379 fe80::3:6379")]
    [InlineData("host,ssl=true", "host:6380")]
    [InlineData("s1,s2:1,serviceName=main", "s1:26379 s2:1")]
    [InlineData("redis://host", "host:6379")]
    [InlineData("redis://h1:1,h2/0", "h1:1 h2:6379")]
    [InlineData("REDISS://[::1]:9?tlsVerify=false", "::1:9")]
    public void Servers_are_found(string text, string servers) =>
        Assert.Equal(servers, string.Join(' ', RedisClientOptions.Parse(text).Servers.Select(static server => $"{server.Host}:{server.Port}")));

    [Fact]
    public void The_keys_of_StackExchange_Redis_are_understood()
    {
        var options = RedisClientOptions.Parse("host:1,user=me,password=p=w;d&,defaultDatabase=4,NAME=worker-1,ssl=True,sslHost=redis.test,connectTimeout=250,keepAlive=7,protocol=resp2,abortConnect=false,syncTimeout=1");

        Assert.Equal(("me", "p=w;d&", 4, "worker-1"), (options.User, options.Password, options.Database, options.ClientName));
        Assert.Equal((true, "redis.test", true, 2), (options.UseTls, options.TlsHost, options.TlsVerify, options.ProtocolVersion));
        Assert.Equal((TimeSpan.FromMilliseconds(250), TimeSpan.FromSeconds(7)), (options.ConnectTimeout, options.KeepAlive));
    }

    [Fact]
    public void A_url_carries_user_password_database_and_the_same_keys()
    {
        var options = RedisClientOptions.Parse("rediss://us%20er:p%2Cw@rd%2F@host:1/5?tlsCa=%2Fca.pem&tlsCertificate=c&tlsKey=k&tlsKeyPassword=x&name=n&deadAfter=3");

        Assert.Equal(("us er", "p,w@rd/", 5, "n"), (options.User, options.Password, options.Database, options.ClientName));
        Assert.Equal((true, "/ca.pem", "c", "k", "x"), (options.UseTls, options.TlsCaFile, options.TlsCertificateFile, options.TlsKeyFile, options.TlsKeyPassword));
        Assert.Equal(TimeSpan.FromSeconds(3), options.DeadAfter);
        Assert.Null(RedisClientOptions.Parse("redis://:pw@host").User);
        Assert.Equal("pw", RedisClientOptions.Parse("redis://:pw@host").Password);
    }

    [Theory]
    [InlineData("", "no server")]
    [InlineData("password=x", "no server")]
    [InlineData("redis://", "no server")]
    [InlineData("nats://host:4222", "the scheme 'nats', which is not known. Known are: redis, rediss.")]
    [InlineData("host,channelPrefix=x", "'channelPrefix'")]
    [InlineData("redis://host?sslProtocols=tls12", "'sslProtocols'")]
    [InlineData("host:x", "port")]
    [InlineData("host:0", "port")]
    [InlineData("host:70000", "port")]
    [InlineData("host,ssl=maybe", "'ssl'")]
    [InlineData("host,defaultDatabase=-1", "'defaultDatabase'")]
    [InlineData("redis://host/abc", "'defaultDatabase'")]
    [InlineData("host,connectTimeout=0", "'connectTimeout'")]
    [InlineData("host,name=two words", "'name'")]
    [InlineData("host,protocol=4", "'protocol'")]
    public void What_is_not_understood_is_named(string text, string named) =>
        Assert.Contains(named, Assert.Throws<FormatException>(() => RedisClientOptions.Parse(text)).Message, StringComparison.Ordinal);

    [Theory]
    [InlineData("host,password=se,cr3t!")]
    [InlineData("host,password=se,cr3t!=x")]
    [InlineData("redis://user:secret@host:x")]
    [InlineData("host:x,password=secret://x")]
    [InlineData("redis://host:1?password=secret&nonsense=secret")]
    public void No_error_shows_a_part_of_a_password(string text)
    {
        var error = Assert.Throws<FormatException>(() => RedisClientOptions.Parse(text)).Message;

        Assert.DoesNotContain("cr3t", error, StringComparison.Ordinal);
        Assert.DoesNotContain("secret", error, StringComparison.Ordinal);
    }

    [Fact]
    public void Options_in_a_log_show_no_password() =>
        Assert.DoesNotContain("secret", RedisClientOptions.Parse("host,password=secret").ToString(), StringComparison.Ordinal);
}
