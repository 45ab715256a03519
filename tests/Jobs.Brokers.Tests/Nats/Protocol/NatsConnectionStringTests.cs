using System.Globalization;
using Jobs.Brokers.Nats.Protocol;

namespace Jobs.Brokers.Tests.Nats.Protocol;

public class NatsConnectionStringTests
{
    [Theory]
    [InlineData("nats://localhost", "localhost:4222")]
    [InlineData("localhost", "localhost:4222")]
    [InlineData("NATS://a:1,b:2/, c", "a:1,b:2,c:4222")]
    [InlineData("nats://a:1, tls://b", "a:1,b:4222")]
    [InlineData("nats://[::1]:5,[::1],127.0.0.1", "::1:5,::1:4222,127.0.0.1:4222")]
    public void Servers_are_read(string text, string servers) =>
        Assert.Equal(servers, string.Join(',', NatsClientOptions.Parse(text).Servers.Select(static server => string.Create(CultureInfo.InvariantCulture, $"{server.Host}:{server.Port}"))));

    [Theory]
    [InlineData("nats://me:s%40cr%2Ct@a,b", "me", "s@cr,t", null)]
    [InlineData("nats://me:s@a,nats://me:s@b", "me", "s", null)]
    [InlineData("nats://t0ken@a", null, null, "t0ken")]
    [InlineData("a:1,user=me,password=s", "me", "s", null)]
    [InlineData("nats://a?token=t%26x", null, null, "t&x")]
    public void So_is_who_connects(string text, string? user, string? password, string? token)
    {
        var options = NatsClientOptions.Parse(text);

        Assert.Equal((user, password, token), (options.User, options.Password, options.Token));
    }

    [Fact]
    public void So_are_the_options()
    {
        var options = NatsClientOptions.Parse("nats://a?name=worker&creds=/x/y.creds&tls=true&tlsFirst=yes&tlsHost=h&tlsCa=c&tlsCertificate=d&tlsKey=e&tlsKeyPassword=f&tlsVerify=false&connectTimeout=1500&keepAlive=3&deadAfter=4&gossip=false&inboxPrefix=_in.me");

        Assert.Equal(("worker", "/x/y.creds", "_in.me"), (options.ClientName, options.CredentialsFile, options.InboxPrefix));
        Assert.Equal((true, true, "h", "c", "d", "e", "f", false), (options.UseTls, options.IsTlsFirst, options.TlsHost, options.TlsCaFile, options.TlsCertificateFile, options.TlsKeyFile, options.TlsKeyPassword, options.TlsVerify));
        Assert.Equal((1.5, 3, 4, false), (options.ConnectTimeout.TotalSeconds, options.KeepAlive.TotalSeconds, options.DeadAfter.TotalSeconds, options.UseGossip));
        Assert.True(NatsClientOptions.Parse("tls://a").UseTls);
        Assert.True(NatsClientOptions.Parse("a,tlsCa=x").RequiresTls);
        Assert.Equal("/seed", NatsClientOptions.Parse("a,nkey=/seed").NKeyFile);
    }

    [Theory]
    [InlineData("", "names no server")]
    [InlineData("user=a", "names no server")]
    [InlineData("redis://a", "'redis'")]
    [InlineData("wss://a", "WebSockets")]
    [InlineData("nats://a?tslCa=x", "'tslCa'")]
    [InlineData("a,pedantic=true", "'pedantic'")]
    [InlineData("nats://a:0", "port that is not a number from 1 to 65535, at host 'a'")]
    [InlineData("nats://a:99999", "port")]
    [InlineData("nats://a b", "neither a host name nor")]
    [InlineData("nats://a?tls=maybe", "'tls'")]
    [InlineData("nats://a?keepAlive=0", "'keepAlive'")]
    [InlineData("nats://a?inboxPrefix=a.*", "'inboxPrefix'")]
    [InlineData("nats://a:x@b,nats://c:y@d", "several users")]
    [InlineData("nats://t@b?creds=x", "token and creds")]
    public void What_is_wrong_is_named(string text, string part) =>
        Assert.Contains(part, Assert.Throws<FormatException>(() => NatsClientOptions.Parse(text)).Message, StringComparison.Ordinal);

    [Fact]
    public void No_secret_is_shown()
    {
        Assert.DoesNotContain("s3cret", NatsClientOptions.Parse("nats://me:s3cret@a").ToString(), StringComparison.Ordinal);
        Assert.DoesNotContain("s3cret", Assert.Throws<FormatException>(() => NatsClientOptions.Parse("a,password=x,s3cret$=1")).Message, StringComparison.Ordinal);
    }
}
