using System.Net;
using System.Net.Security;
using System.Net.Sockets;
using System.Security.Cryptography;
using System.Security.Cryptography.X509Certificates;
using System.Text;
using Jobs.Testing;

namespace Jobs.Transport.Tests;

public sealed class DialerTests : IDisposable
{
    private readonly Loopback _loopback = new();
    private readonly string _folder = Directory.CreateTempSubdirectory("jobs-tls-").FullName;
    private readonly X509Certificate2 _server;
    private readonly string _ca;
    private readonly string _client;

    public DialerTests()
    {
        using var authorityKey = ECDsa.Create(ECCurve.NamedCurves.nistP256);
        var request = new CertificateRequest("CN=Test authority", authorityKey, HashAlgorithmName.SHA256);
        request.CertificateExtensions.Add(new X509BasicConstraintsExtension(true, false, 0, true));
        using var authority = request.CreateSelfSigned(TimeProvider.System.GetUtcNow().AddDays(-1), TimeProvider.System.GetUtcNow().AddDays(1));
        File.WriteAllText(_ca = Path.Combine(_folder, "ca.pem"), authority.ExportCertificatePem());
        _server = Issue(authority, "server.test");
        using var client = Issue(authority, "client");
        File.WriteAllBytes(_client = Path.Combine(_folder, "client.pfx"), client.Export(X509ContentType.Pkcs12, "pw"));
    }

    private static CancellationToken Token => TestContext.Current.CancellationToken;

    private TlsOptions Tls => new() { CaFile = _ca, Host = "server.test" };

    public void Dispose()
    {
        _loopback.Dispose();
        _server.Dispose();
        Directory.Delete(_folder, recursive: true);
    }

    [Fact]
    public async Task TLS_carries_bytes_both_ways_and_knows_the_servers_name()
    {
        var serving = ServeAsync();
        using var wire = Dial(Tls);
        wire.Write("hello"u8);

        Assert.Equal("hello", Read(wire, 5));
        wire.Dispose();
        Assert.Equal(("server.test", null), await serving);
    }

    [Fact]
    public async Task A_client_certificate_is_shown()
    {
        var serving = ServeAsync();
        using var wire = Dial(Tls with { CertificateFile = _client, KeyPassword = "pw" });
        wire.Write("x"u8);
        Assert.Equal("x", Read(wire, 1));
        wire.Dispose();

        Assert.Equal("CN=client", (await serving).Client);
    }

    [Fact]
    public async Task A_certificate_of_a_stranger_or_for_another_is_refused_unless_told_otherwise()
    {
        foreach (var options in new[] { Tls with { CaFile = null }, Tls with { Host = "other.test" } })
        {
            var refused = ServeAsync();
            Assert.True(Assert.Throws<TlsException>(() => Dial(options)).MustBeMended);
            await Task.WhenAny(refused);
        }

        var serving = ServeAsync();
        using var wire = Dial(Tls with { CaFile = null, Host = "other.test", Verify = false });
        wire.Write("x"u8);
        Assert.Equal("x", Read(wire, 1));
        wire.Dispose();
        await serving;
    }

    [Fact]
    public void Files_that_are_not_there_must_be_mended()
    {
        Assert.True(Assert.Throws<TlsException>(() => Dial(Tls with { CaFile = "/nowhere/ca.pem" })).MustBeMended);
        Assert.True(Assert.Throws<TlsException>(() => Dial(Tls with { CertificateFile = _client, KeyPassword = "wrong" })).MustBeMended);
    }

    [Fact]
    public async Task A_peer_that_hangs_up_in_the_handshake_may_be_tried_again()
    {
        var dialing = Task.Run(() => Dial(Tls), Token);
        (await _loopback.AcceptAsync()).Dispose();

        Assert.False((await Assert.ThrowsAsync<TlsException>(() => dialing)).MustBeMended);
    }

    [Fact]
    public async Task A_peer_that_never_answers_is_given_up_when_the_deadline_passes()
    {
        var time = new FakeTimeProvider();
        using var deadline = new Deadline(TimeSpan.FromSeconds(5), time);
        var dialing = Task.Run(() => Dialer.Dial(_loopback.Server, new TransportOptions { Tls = Tls }, deadline), Token);
        using var peer = await _loopback.AcceptAsync();
        await peer.ReceiveAsync(new byte[1], Token);
        Assert.False(dialing.IsCompleted);
        time.Advance(TimeSpan.FromSeconds(5));

        await Assert.ThrowsAsync<TimeoutException>(() => dialing);
    }

    [Fact]
    public async Task A_host_that_takes_no_connections_is_given_up_when_the_deadline_passes()
    {
        using var full = new Socket(AddressFamily.InterNetwork, SocketType.Stream, ProtocolType.Tcp);
        full.Bind(new IPEndPoint(IPAddress.Loopback, 0));
        full.Listen(0);
        var server = (IPEndPoint)full.LocalEndPoint!;
        var crowd = new List<Socket>();
        try
        {
            // Once the queue is full, the system answers nobody.
            Task connecting;
            do
            {
                var socket = new Socket(AddressFamily.InterNetwork, SocketType.Stream, ProtocolType.Tcp);
                crowd.Add(socket);
                connecting = socket.ConnectAsync(server, Token).AsTask();
            }
            while (await Task.WhenAny(connecting, Task.Delay(TimeSpan.FromMilliseconds(300), TimeProvider.System, Token)) == connecting);

            var time = new FakeTimeProvider();
            using var deadline = new Deadline(TimeSpan.FromSeconds(5), time);
            var dialing = Task.Factory.StartNew(() => Dialer.Dial(new DnsEndPoint("127.0.0.1", server.Port), new TransportOptions(), deadline), Token, TaskCreationOptions.LongRunning, TaskScheduler.Default);
            time.Advance(TimeSpan.FromSeconds(5));
            await Assert.ThrowsAsync<TimeoutException>(() => dialing.WaitAsync(Loopback.Patience, TimeProvider.System, Token));
        }
        finally
        {
            crowd.ForEach(static socket => socket.Dispose());
        }
    }

    [Fact]
    public void Nobody_there_is_told_as_it_is()
    {
        _loopback.Dispose();
        using var deadline = new Deadline(Loopback.Patience, TimeProvider.System);

        Assert.Throws<SocketException>(() => Dialer.Dial(new DnsEndPoint("127.0.0.1", 1), new TransportOptions(), deadline));
        Assert.Throws<SocketException>(() => Dialer.Dial(new DnsEndPoint("no-such-host.invalid", 1), new TransportOptions(), deadline));
    }

    [Fact]
    public void A_deadline_closes_what_is_guarded_too_late()
    {
        var time = new FakeTimeProvider();
        using var deadline = new Deadline(TimeSpan.FromSeconds(1), time);
        time.Advance(TimeSpan.FromSeconds(1));
        var isClosed = false;
        deadline.Guard(() => isClosed = true);

        Assert.True(deadline.HasPassed);
        Assert.True(isClosed);
    }

    [Fact]
    public void A_pool_tries_each_server_once_before_it_comes_round()
    {
        var pool = new ServerPool([new DnsEndPoint("a", 1), new DnsEndPoint("b", 1), new DnsEndPoint("c", 1), new DnsEndPoint("a", 1)]);
        var tried = new List<string>();
        for (var i = 0; i < 6; i++, pool.MoveOn())
        {
            tried.Add(pool.Current.Host);
        }

        Assert.Equal(["a", "b", "c"], tried.Take(3).Order());
        Assert.Equal(tried.Take(3), tried.Skip(3));
    }

    private static X509Certificate2 Issue(X509Certificate2 authority, string name)
    {
        using var key = ECDsa.Create(ECCurve.NamedCurves.nistP256);
        var request = new CertificateRequest($"CN={name}", key, HashAlgorithmName.SHA256);
        var names = new SubjectAlternativeNameBuilder();
        names.AddDnsName(name);
        request.CertificateExtensions.Add(names.Build());
        using var certificate = request.Create(authority, authority.NotBefore, authority.NotAfter, RandomNumberGenerator.GetBytes(8));
        using var withKey = certificate.CopyWithPrivateKey(key);
        return X509CertificateLoader.LoadPkcs12(withKey.Export(X509ContentType.Pkcs12), null);
    }

    private static string Read(Wire wire, int count)
    {
        var buffer = new byte[count];
        for (var got = 0; got < count;)
        {
            got += wire.Read(buffer.AsSpan(got));
        }

        return Encoding.ASCII.GetString(buffer);
    }

    private Wire Dial(TlsOptions options)
    {
        using var deadline = new Deadline(Loopback.Patience, TimeProvider.System);
        return Dialer.Dial(_loopback.Server, new TransportOptions { Tls = options }, deadline);
    }

    // Echoes; then tells the name that was asked for, and the client's certificate.
    private async Task<(string Name, string? Client)> ServeAsync()
    {
        using var tls = new SslStream(new NetworkStream(await _loopback.AcceptAsync(), ownsSocket: true));
        await tls.AuthenticateAsServerAsync(new SslServerAuthenticationOptions
        {
            ServerCertificate = _server,
            ClientCertificateRequired = true,
            RemoteCertificateValidationCallback = static (_, certificate, _, _) => certificate is null || certificate.Subject == "CN=client",
        }, Token);
        var buffer = new byte[100];
        for (int count; (count = await tls.ReadAsync(buffer, Token)) > 0;)
        {
            await tls.WriteAsync(buffer.AsMemory(0, count), Token);
        }

        return (tls.TargetHostName, tls.RemoteCertificate?.Subject);
    }
}
