using System.Globalization;
using System.Net;
using System.Security.Cryptography;
using System.Security.Cryptography.X509Certificates;
using Jobs.Brokers.Conformance.Servers;
using Jobs.Brokers.Redis.Protocol;

namespace Jobs.Brokers.Tests.Redis.Protocol;

public sealed class RedisTlsTests : IAsyncLifetime
{
    private readonly string _folder = Directory.CreateTempSubdirectory("jobs-tls-").FullName;
    private readonly RedisServer _server;
    private readonly int _port = FreePort();

    public RedisTlsTests()
    {
        using var authority = Authority();
        File.WriteAllText(Ca, authority.ExportCertificatePem());
        Issue(authority, "server", "redis.test");
        Issue(authority, "client", "worker");
        _server = new(new RedisServerOptions
        {
            AppendOnly = false,
            Arguments = ["--tls-port", _port.ToString(CultureInfo.InvariantCulture), "--tls-cert-file", Certificate("server"), "--tls-key-file", Key("server"), "--tls-ca-cert-file", Ca, "--tls-auth-clients", "yes"],
        });
    }

    private string Ca => Path.Combine(_folder, "ca.pem");

    private RedisClientOptions Options => new()
    {
        Servers = [new DnsEndPoint("127.0.0.1", _port)],
        UseTls = true,
        TlsHost = "redis.test",
        TlsCaFile = Ca,
        TlsCertificateFile = Certificate("client"),
        TlsKeyFile = Key("client"),
    };

    public async ValueTask InitializeAsync() => await _server.StartAsync(TestContext.Current.CancellationToken);

    public async ValueTask DisposeAsync()
    {
        await _server.DisposeAsync();
        Directory.Delete(_folder, recursive: true);
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

    private static X509Certificate2 Authority()
    {
        using var key = RSA.Create(2048);
        var request = new CertificateRequest("CN=Test authority", key, HashAlgorithmName.SHA256, RSASignaturePadding.Pkcs1);
        request.CertificateExtensions.Add(new X509BasicConstraintsExtension(true, false, 0, true));
        return request.CreateSelfSigned(TimeProvider.System.GetUtcNow().AddDays(-1), TimeProvider.System.GetUtcNow().AddDays(1));
    }

    private static int FreePort()
    {
        using var listener = new System.Net.Sockets.TcpListener(IPAddress.Loopback, 0);
        listener.Start();
        return ((IPEndPoint)listener.LocalEndpoint).Port;
    }

    private string Certificate(string name) => Path.Combine(_folder, $"{name}.pem");

    private string Key(string name) => Path.Combine(_folder, $"{name}.key");

    private void Issue(X509Certificate2 authority, string file, string name)
    {
        using var key = RSA.Create(2048);
        var request = new CertificateRequest($"CN={name}", key, HashAlgorithmName.SHA256, RSASignaturePadding.Pkcs1);
        var names = new SubjectAlternativeNameBuilder();
        names.AddDnsName(name);
        request.CertificateExtensions.Add(names.Build());
        using var certificate = request.Create(authority, authority.NotBefore, authority.NotAfter, RandomNumberGenerator.GetBytes(8));
        File.WriteAllText(Certificate(file), certificate.ExportCertificatePem());
        File.WriteAllText(Key(file), key.ExportPkcs8PrivateKeyPem());
    }
}
