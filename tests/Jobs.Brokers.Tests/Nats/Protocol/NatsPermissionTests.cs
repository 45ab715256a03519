using Jobs.Brokers.Conformance.Servers;
using Jobs.Brokers.Nats.Protocol;

namespace Jobs.Brokers.Tests.Nats.Protocol;

public sealed class NatsPermissionTests : IAsyncLifetime
{
    private const string Users = """
        authorization { users: [
          { user: "worker", password: "pw", permissions: { publish: { allow: ["ok.>", "_INBOX.>"] }, subscribe: { allow: ["ok.>", "_INBOX.>"] } } }
          { user: "deaf", password: "pw", permissions: { subscribe: { allow: ["ok.>", "_IN_deaf.>"] } } }
        ] }
        """;

    private readonly NatsServer _server = new(new NatsServerOptions { JetStream = false, Configuration = Users });

    private static CancellationToken Token => TestContext.Current.CancellationToken;

    public async ValueTask InitializeAsync() => await _server.StartAsync(Token);

    public ValueTask DisposeAsync() => _server.DisposeAsync();

    [Fact]
    public async Task A_request_that_may_not_be_sent_fails_at_once_and_no_other()
    {
        await using var client = await ConnectAsync("worker");
        using var subscription = client.Subscribe("ok.echo", new Echo(client));
        var refused = client.AskAsync("secret.a");
        var allowed = client.AskAsync("ok.echo", "x");

        var error = await Assert.ThrowsAsync<NatsPermissionException>(() => refused);
        Assert.Equal("secret.a", error.Subject);
        Assert.Contains("permissions of the user", error.Message, StringComparison.Ordinal);
        Assert.Equal("x", await allowed);
        Assert.Equal(0, client.Reconnects);
    }

    [Fact]
    public async Task A_subscription_that_is_not_allowed_is_told_so()
    {
        await using var client = await ConnectAsync("worker");
        var refused = new Echo(client);
        using var subscription = client.Subscribe("secret.>", refused);

        Assert.Equal("secret.>", (await refused.Refused.Task.WaitAsync(NatsClients.Patience, TimeProvider.System, Token)).Subject);
        await client.FlushAsync(Token);
    }

    [Fact]
    public async Task A_user_who_may_not_receive_replies_is_told_what_to_allow()
    {
        await using var client = await ConnectAsync("deaf");
        var error = await Assert.ThrowsAsync<NatsPermissionException>(() => client.AskAsync("ok.a"));
        Assert.Contains("'_INBOX.>'", error.Message, StringComparison.Ordinal);
        Assert.Contains("'inboxPrefix'", error.Message, StringComparison.Ordinal);
        await client.FlushAsync(Token);
        await Assert.ThrowsAsync<NatsPermissionException>(() => client.AskAsync("ok.a"));

        await using var other = await ConnectAsync("deaf", "_IN_deaf");
        await Assert.ThrowsAsync<NatsNoRespondersException>(() => other.AskAsync("ok.a"));
        Assert.StartsWith("_IN_deaf.", other.NewInbox(), StringComparison.Ordinal);
    }

    private Task<INatsClient> ConnectAsync(string user, string inbox = "_INBOX") =>
        NatsClients.ConnectAsync(NatsClients.Options(_server.EndPoint) with { User = user, Password = "pw", InboxPrefix = inbox });
}
