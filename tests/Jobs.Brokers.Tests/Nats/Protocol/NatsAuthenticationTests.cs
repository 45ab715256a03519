using System.Globalization;
using System.Text;
using Jobs.Brokers.Conformance.Servers;
using Jobs.Brokers.Nats.Protocol;
using Jobs.Brokers.Nats.Protocol.Signing;

namespace Jobs.Brokers.Tests.Nats.Protocol;

public sealed class NatsAuthenticationTests : IDisposable
{
    private readonly string _folder = Directory.CreateTempSubdirectory("jobs-creds-").FullName;

    private static CancellationToken Token => TestContext.Current.CancellationToken;

    public void Dispose() => Directory.Delete(_folder, recursive: true);

    [Fact]
    public async Task User_and_password()
    {
        await using var server = await NatsServer.StartAsync(new NatsServerOptions { User = "me", Password = "right" }, Token);
        var options = NatsClients.Options(server.EndPoint);
        await using var client = await NatsClients.ConnectAsync(options with { User = "me", Password = "right" });
        await client.FlushAsync(Token);

        var wrong = await NatsClients.RefusedAsync(options with { User = "me", Password = "s3cret" });
        Assert.Contains("'user' and 'password' in the connection string", wrong, StringComparison.Ordinal);
        Assert.DoesNotContain("s3cret", wrong, StringComparison.Ordinal);
        Assert.Contains("set 'user' and 'password', 'token', 'nkey' or 'creds'", await NatsClients.RefusedAsync(options), StringComparison.Ordinal);
    }

    [Fact]
    public async Task Token_in_the_URL()
    {
        await using var server = await NatsServer.StartAsync(new NatsServerOptions { Configuration = "authorization { token: \"t0ken\" }" }, Token);
        await using var client = await NatsClients.ConnectAsync(NatsClientOptions.Parse($"nats://t0ken@{server.EndPoint}"));
        await client.FlushAsync(Token);

        Assert.Contains("see 'token'", await NatsClients.RefusedAsync(NatsClients.Options(server.EndPoint) with { Token = "other" }), StringComparison.Ordinal);
    }

    [Fact]
    public async Task NKey()
    {
        var key = Key(NKeyText.User, 1);
        await using var server = await NatsServer.StartAsync(new NatsServerOptions { Configuration = $"authorization {{ users: [ {{ nkey: {key.PublicKey} }} ] }}" }, Token);
        var options = NatsClients.Options(server.EndPoint);
        await using var client = await NatsClients.ConnectAsync(options with { NKeyFile = Write("user.nk", $"# mine\n{key.ToSeed()}\n") });
        await client.FlushAsync(Token);

        Assert.Contains("other.nk' ('nkey' in the connection string)", await NatsClients.RefusedAsync(options with { NKeyFile = Write("other.nk", Key(NKeyText.User, 2).ToSeed()) }), StringComparison.Ordinal);
        Assert.Contains("/nowhere.nk", await NatsClients.RefusedAsync(options with { NKeyFile = "/nowhere.nk" }), StringComparison.Ordinal);
        var broken = await NatsClients.RefusedAsync(options with { NKeyFile = Write("broken.nk", key.ToSeed()[..^1]) });
        Assert.Contains("broken.nk", broken, StringComparison.Ordinal);
        Assert.DoesNotContain(key.ToSeed()[..^1], broken, StringComparison.Ordinal);
    }

    [Fact]
    public async Task Credentials_file_with_a_JWT_is_read_again_with_each_connection()
    {
        var (authority, account) = (Key(NKeyText.Operator, 3), Key(NKeyText.Account, 4));
        var configuration = $"operator: {Jwt(authority, authority, "operator")}\nresolver: MEMORY\nresolver_preload: {{ {account.PublicKey}: {Jwt(account, authority, "account")} }}\n";
        await using var server = await NatsServer.StartAsync(new NatsServerOptions { JetStream = false, Configuration = configuration }, Token);
        var options = NatsClients.Options(server.EndPoint) with { CredentialsFile = Write("worker.creds", Credentials(Key(NKeyText.User, 5), account)) };
        await using var client = await NatsClients.ConnectAsync(options);
        using var subscription = client.Subscribe("echo", new Echo(client));
        Assert.Equal("x", await client.AskAsync("echo", "x"));

        // A stranger's file is refused when the connection is made anew, and ours is taken again without a restart.
        Write("worker.creds", Credentials(Key(NKeyText.User, 6), Key(NKeyText.Account, 7)));
        await server.KillAsync(Token);
        await server.StartAsync(Token);
        await NatsClients.UntilAsync(() => client.Health.Status == BrokerStatus.Failed);
        Assert.Contains("worker.creds", client.Health.Error, StringComparison.Ordinal);
        Write("worker.creds", Credentials(Key(NKeyText.User, 8), account));
        await NatsClients.UntilAsync(() => client.Health.Status == BrokerStatus.Connected);
        Assert.Equal("y", await client.AskAsync("echo", "y"));
    }

    [Fact]
    public async Task A_JWT_that_expires_is_replaced_by_its_successor()
    {
        var (authority, account) = (Key(NKeyText.Operator, 3), Key(NKeyText.Account, 4));
        var configuration = $"operator: {Jwt(authority, authority, "operator")}\nresolver: MEMORY\nresolver_preload: {{ {account.PublicKey}: {Jwt(account, authority, "account")} }}\n";
        await using var server = await NatsServer.StartAsync(new NatsServerOptions { JetStream = false, Configuration = configuration }, Token);
        var soon = TimeProvider.System.GetUtcNow().AddSeconds(2).ToUnixTimeSeconds();
        var file = Write("worker.creds", Credentials(Key(NKeyText.User, 5), account, soon));
        await using var client = await NatsClients.ConnectAsync(NatsClients.Options(server.EndPoint) with { CredentialsFile = file });
        Write("worker.creds", Credentials(Key(NKeyText.User, 5), account));

        await NatsClients.UntilAsync(() => client.Reconnects == 1);
        await client.FlushAsync(Token);
    }

    [Theory]
    [InlineData("nothing in it", "no user's JWT")]
    [InlineData("-----BEGIN NATS USER JWT-----\neyJ\n------END NATS USER JWT------\n", "no user's seed")]
    [InlineData("-----BEGIN NATS USER JWT-----\neyJ\n------END NATS USER JWT------\n-----BEGIN USER NKEY SEED-----\nSUABC\n", "a seed that is not valid")]
    public void A_credentials_file_that_misses_something_is_named(string text, string what)
    {
        var error = Assert.Throws<NatsConfigurationException>(() => NatsCredentials.Load(new NatsClientOptions { CredentialsFile = Write("bad.creds", text) }, "nonce"));

        Assert.Contains("bad.creds", error.Message, StringComparison.Ordinal);
        Assert.Contains(what, error.Message, StringComparison.Ordinal);
    }

    private static NKey Key(byte prefix, byte seed) => Jobs.Brokers.Nats.Protocol.Signing.NKey.Create(prefix, [.. Enumerable.Repeat(seed, 32)]);

    private static string Credentials(NKey user, NKey account, long expires = 0) => $"""
        -----BEGIN NATS USER JWT-----
        {Jwt(user, account, "user", expires)}
        ------END NATS USER JWT------

        ************************* IMPORTANT *************************
        NKEY Seed printed below can be used to sign and prove identity.

        -----BEGIN USER NKEY SEED-----
        {user.ToSeed()}
        ------END USER NKEY SEED------
        """;

    private static string Jwt(NKey subject, NKey issuer, string type, long expires = 0)
    {
        var limits = type switch
        {
            "account" => ""","limits":{"subs":-1,"data":-1,"payload":-1,"imports":-1,"exports":-1,"wildcards":true,"conn":-1,"leaf":-1}""",
            "user" => ""","subs":-1,"data":-1,"payload":-1""",
            _ => "",
        };
        var claims = string.Create(CultureInfo.InvariantCulture, $$"""{"jti":"{{type}}","iat":1700000000,{{(expires == 0 ? "" : $"\"exp\":{expires},")}}"iss":"{{issuer.PublicKey}}","name":"test","sub":"{{subject.PublicKey}}","nats":{"type":"{{type}}","version":2{{limits}} } }""");
        var text = $"{Base64("""{"typ":"JWT","alg":"ed25519-nkey"}""")}.{Base64(claims)}";
        return $"{text}.{issuer.Sign(text)}";
    }

    private static string Base64(string text) => System.Buffers.Text.Base64Url.EncodeToString(Encoding.UTF8.GetBytes(text));

    private string Write(string name, string text)
    {
        var file = Path.Combine(_folder, name);
        File.WriteAllText(file, text);
        return file;
    }
}
