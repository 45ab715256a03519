using Jobs.Brokers.Conformance.Servers;
using Jobs.Brokers.Nats;
using Jobs.Brokers.Nats.JetStream;
using Jobs.Brokers.Nats.Protocol;
using Jobs.Brokers.Nats.Provisioning;
using Jobs.Brokers.Tests.Nats.Protocol;
using Microsoft.Extensions.Logging.Abstractions;

namespace Jobs.Brokers.Tests.Nats.Provisioning;

/// <summary>Servers that cannot be provisioned, and what is said about them.</summary>
public sealed class ProvisioningServersTests
{
    private static readonly BrokerTopology Topology = new("shop", [new QueueTopology("mails", TimeSpan.FromSeconds(30))]);

    private static CancellationToken Token => TestContext.Current.CancellationToken;

    [Fact]
    public async Task A_server_without_JetStream()
    {
        var message = await RefusedAsync(new NatsServerOptions { JetStream = false });

        Assert.Contains("JetStream is not enabled on the server", message, StringComparison.Ordinal);
        Assert.Contains("'-js'", message, StringComparison.Ordinal);
    }

    [Fact]
    public async Task An_account_without_JetStream()
    {
        const string Accounts = """
            accounts {
              WITH { jetstream: enabled, users: [ { user: "other", password: "pw" } ] }
              WITHOUT { users: [ { user: "worker", password: "pw" } ] }
            }
            """;

        Assert.Contains("not enabled for the account", await RefusedAsync(new NatsServerOptions { Configuration = Accounts }, "worker"), StringComparison.Ordinal);
    }

    [Fact]
    public async Task An_account_whose_limits_are_reached()
    {
        const string Accounts = """
            accounts { SMALL { jetstream: { max_streams: 2 }, users: [ { user: "worker", password: "pw" } ] } }
            """;

        Assert.Contains("limits of the NATS account", await RefusedAsync(new NatsServerOptions { Configuration = Accounts }, "worker"), StringComparison.Ordinal);
    }

    [Fact]
    public async Task A_user_who_may_not_create_streams()
    {
        const string Users = """
            authorization { users: [ { user: "worker", password: "pw", permissions: { publish: { deny: ["$JS.API.STREAM.CREATE.>"] } } } ] }
            """;

        var message = await RefusedAsync(new NatsServerOptions { Configuration = Users }, "worker");

        Assert.Contains("lacks a permission", message, StringComparison.Ordinal);
        Assert.Contains("'$JS.API.>', '$JS.ACK.>', '$KV.shop-control.>', 'shop.>'", message, StringComparison.Ordinal);
    }

    [Fact]
    public async Task A_cluster_keeps_streams_on_as_many_servers_as_asked_for()
    {
        await using var cluster = await NatsCluster.StartAsync(cancellationToken: Token);
        await using var client = await NatsClients.ConnectAsync(NatsClients.Options(cluster.Servers[0].EndPoint));
        var jetStream = new JetStreamClient(client, TimeProvider.System) { Patience = NatsClients.Patience };
        await Provision(jetStream, new NatsBrokerOptions()).RunAsync(Topology, Token);

        await Provision(jetStream, new NatsBrokerOptions { Replicas = 3 }).RunAsync(Topology, Token);
        await Provision(jetStream, new NatsBrokerOptions()).RunAsync(Topology with { Queues = [Topology.Queues[0] with { MaxLength = 5 }] }, Token);

        Assert.Equal(3, (await jetStream.GetStreamAsync("shop~mails", cancellationToken: Token))!.Config.Replicas);
        var error = await Assert.ThrowsAsync<JobConfigurationException>(async () => await Provision(jetStream, new NatsBrokerOptions { Replicas = 5 }).RunAsync(Topology, Token));
        Assert.Contains("Jobs:Nats:Replicas is 5", error.Message, StringComparison.Ordinal);
    }

    private static async Task<string> RefusedAsync(NatsServerOptions options, string? user = null)
    {
        await using var server = await NatsServer.StartAsync(options, Token);
        await using var client = await NatsClients.ConnectAsync(NatsClients.Options(server.EndPoint) with { User = user, Password = "pw" });
        var jetStream = new JetStreamClient(client, TimeProvider.System) { Patience = TimeSpan.FromSeconds(1) };
        return (await Assert.ThrowsAsync<JobConfigurationException>(async () => await Provision(jetStream, new NatsBrokerOptions()).RunAsync(Topology, Token))).Message;
    }

    private static Provisioner Provision(JetStreamClient jetStream, NatsBrokerOptions options) =>
        new(jetStream, new NatsNames("shop"), options, ProvisionMode.CreateIfMissing, NullLogger.Instance);
}
