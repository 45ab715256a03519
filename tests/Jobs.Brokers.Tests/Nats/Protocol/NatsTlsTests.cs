using System.Net;
using Jobs.Brokers.Conformance.Servers;
using Jobs.Brokers.Nats.Protocol;

namespace Jobs.Brokers.Tests.Nats.Protocol;

public sealed class NatsTlsTests : IAsyncLifetime
{
    private readonly TestAuthority _authority = new();
    private readonly NatsServer _server;

    public NatsTlsTests()
    {
        _authority.Issue("server", "nats.test");
        _authority.Issue("client", "worker");
        _server = new(new NatsServerOptions
        {
            Configuration = $"tls {{ cert_file: \"{_authority.Certificate("server")}\", key_file: \"{_authority.Key("server")}\", ca_file: \"{_authority.Ca}\", verify: true }}",
        });
    }

    private NatsClientOptions Options => NatsClients.Options(_server.EndPoint) with
    {
        UseTls = true,
        TlsHost = "nats.test",
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
    public async Task A_connection_is_encrypted_after_the_greeting_with_certificates_of_both()
    {
        await using var client = await NatsClients.ConnectAsync(Options);
        using var subscription = client.Subscribe("echo", new Echo(client));

        var replies = await Task.WhenAll(Enumerable.Range(0, 500).Select(i => client.AskAsync("echo", new string('x', i * 20))));
        Assert.Equal(Enumerable.Range(0, 500).Select(static i => i * 20), replies.Select(static reply => reply.Length));
    }

    [Fact]
    public async Task The_server_asking_for_it_is_enough() =>
        await (await NatsClients.ConnectAsync(Options with { UseTls = false })).DisposeAsync();

    [Fact]
    public async Task A_certificate_for_another_name_is_refused_and_taken_only_without_verification()
    {
        Assert.Contains("'tlsHost'", await NatsClients.RefusedAsync(Options with { TlsHost = "other.test" }), StringComparison.Ordinal);

        await using var client = await NatsClients.ConnectAsync(Options with { TlsHost = "other.test", TlsVerify = false });
        await client.FlushAsync(TestContext.Current.CancellationToken);
    }

    [Fact]
    public async Task An_unknown_authority_is_refused() =>
        Assert.Contains("'tlsCa'", await NatsClients.RefusedAsync(Options with { TlsCaFile = null }), StringComparison.Ordinal);

    [Fact]
    public async Task A_file_that_is_not_there_is_named() =>
        Assert.Contains("/nowhere.pem", await NatsClients.RefusedAsync(Options with { TlsCaFile = "/nowhere.pem" }), StringComparison.Ordinal);

    [Fact]
    public async Task A_client_without_certificate_hears_that_one_may_be_wanted() =>
        Assert.Contains("if it wants a client certificate, 'tlsCertificate'", await NatsClients.RefusedAsync(Options with { TlsCertificateFile = null, TlsKeyFile = null }), StringComparison.Ordinal);

    [Fact]
    public async Task A_server_without_TLS_is_not_talked_to_in_the_clear()
    {
        await using var plain = await NatsServer.StartAsync(null, TestContext.Current.CancellationToken);
        var options = NatsClients.Options(plain.EndPoint);

        Assert.Contains("does not speak TLS", await NatsClients.RefusedAsync(options with { UseTls = true }), StringComparison.Ordinal);
        Assert.Contains("does not speak TLS", await NatsClients.RefusedAsync(options with { TlsCaFile = _authority.Ca }), StringComparison.Ordinal);
    }

    [Fact]
    public async Task A_server_that_expects_TLS_first_is_greeted_so()
    {
        await using var server = new ScriptedNats(ScriptedNats.Plain, tls: (_authority.Certificate("server"), _authority.Key("server")));
        var options = Options with { Servers = [new DnsEndPoint("127.0.0.1", server.EndPoint.Port)], ConnectTimeout = TimeSpan.FromSeconds(2) };
        await using var client = await NatsClients.ConnectAsync(options with { IsTlsFirst = true });
        await client.FlushAsync(TestContext.Current.CancellationToken);

        await using var other = NatsClients.Open(options with { ConnectTimeout = TimeSpan.FromMilliseconds(300) });
        await NatsClients.UntilAsync(() => other.Health.Error!.Contains("tlsFirst=true", StringComparison.Ordinal));
    }

    [Fact]
    public async Task What_comes_between_the_greeting_and_TLS_is_not_trusted()
    {
        await using var server = new ScriptedNats(ScriptedNats.Plain, greeting: "INFO {\"headers\":true,\"tls_required\":true}\r\nPING\r\n");

        Assert.Contains("without TLS", await NatsClients.RefusedAsync(Options with { Servers = [new DnsEndPoint("127.0.0.1", server.EndPoint.Port)] }), StringComparison.Ordinal);
    }
}
