using System.Globalization;
using System.Net;
using Jobs.Brokers.Conformance.Servers;
using Jobs.Brokers.Redis.Protocol;

namespace Jobs.Brokers.Tests.Redis.Protocol;

public sealed class RedisTlsTests : IAsyncLifetime
{
    private readonly TestAuthority _authority = new();
    private readonly RedisServer _server;
    private readonly int _port = FreePort();

    public RedisTlsTests()
    {
        _authority.Issue("server", "redis.test");
        _authority.Issue("client", "worker");
        _server = new(new RedisServerOptions
        {
            AppendOnly = false,
            Arguments = ["--tls-port", _port.ToString(CultureInfo.InvariantCulture), "--tls-cert-file", _authority.Certificate("server"), "--tls-key-file", _authority.Key("server"), "--tls-ca-cert-file", _authority.Ca, "--tls-auth-clients", "yes"],
        });
    }

    private RedisClientOptions Options => new()
    {
        Servers = [new DnsEndPoint("127.0.0.1", _port)],
        UseTls = true,
        TlsHost = "redis.test",
        TlsCaFile = _authority.Ca,
        TlsCertificateFile = _authority.Certificate("client"),
        TlsKeyFile = _authority.Key("client"),
    };

    public async ValueTask InitializeAsync() => await _server.StartAsync(TestContext.Current.CancellationToken);

    public async ValueTask DisposeAsync()
    {
        await _server.DisposeAsync();
        _authority.Dispose();
    }

    [Fact]
    public async Task A_connection_is_encrypted_both_ways_with_certificates_of_both()
    {
        await using var client = await Clients.ConnectAsync(Options);
        await using var blocking = client.OpenBlocking("k"u8.ToArray());
        var replies = new RespReply[1];
        await blocking.ExecuteAsync(new[] { Clients.Command("PING") }, replies, TimeSpan.Zero);

        Assert.Equal("PONG", replies[0].GetReader().ReadString());
        Assert.All(await Task.WhenAll(Enumerable.Range(0, 500).Select(i => client.AskAsync("ECHO", new string('x', i * 20)))), Assert.NotNull);
    }

    [Fact]
    public async Task A_certificate_for_another_name_is_refused_and_taken_only_without_verification()
    {
        Assert.Contains("'sslHost'", await RefusedAsync(Options with { TlsHost = "other.test" }), StringComparison.Ordinal);

        await using var client = await Clients.ConnectAsync(Options with { TlsHost = "other.test", TlsVerify = false });
        Assert.Equal("PONG", await client.AskAsync("PING"));
    }

    [Fact]
    public async Task An_unknown_authority_is_refused() =>
        Assert.Contains("'tlsCa'", await RefusedAsync(Options with { TlsCaFile = null }), StringComparison.Ordinal);

    [Fact]
    public async Task A_file_that_is_not_there_is_named() =>
        Assert.Contains("/nowhere.pem", await RefusedAsync(Options with { TlsCaFile = "/nowhere.pem" }), StringComparison.Ordinal);

    [Fact]
    public async Task A_client_without_TLS_is_told_that_the_port_wants_it() =>
        Assert.Contains("set ssl=true", await RefusedAsync(Options with { UseTls = false, ConnectTimeout = TimeSpan.FromSeconds(1) }), StringComparison.Ordinal);

    private static async Task<string> RefusedAsync(RedisClientOptions options)
    {
        await using var client = Clients.Open(options);
        return (await Assert.ThrowsAsync<JobConfigurationException>(client.WaitAsync)).Message;
    }

    private static int FreePort()
    {
        using var listener = new System.Net.Sockets.TcpListener(IPAddress.Loopback, 0);
        listener.Start();
        return ((IPEndPoint)listener.LocalEndpoint).Port;
    }
}
