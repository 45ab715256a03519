using System.Net.Sockets;
using System.Text;
using Jobs.Brokers.Conformance.Servers;
using Jobs.Brokers.Tests.Nats.Protocol;

namespace Jobs.Brokers.Tests.Servers;

public class NatsServerTests
{
    private static CancellationToken Token => TestContext.Current.CancellationToken;

    [Fact]
    public async Task A_killed_server_comes_back_at_the_same_place_with_what_it_had()
    {
        await using var server = await NatsServer.StartAsync(null, Token);
        var endPoint = server.EndPoint;
        await using var client = await NatsClients.ConnectAsync(NatsClients.Options(endPoint));
        await client.AskAsync("$JS.API.STREAM.CREATE.S", """{"name":"S","subjects":["s"],"storage":"file"}""");
        Assert.Contains("\"seq\":1", await client.AskAsync("s", "kept"), StringComparison.Ordinal);

        await server.KillAsync(Token);
        await NatsClients.UntilAsync(() => client.Health.Status == BrokerStatus.Reconnecting);
        await server.StartAsync(Token);
        await client.WaitAsync();

        Assert.Equal(endPoint, server.EndPoint);
        var message = await client.AskAsync("$JS.API.STREAM.MSG.GET.S", """{"seq":1}""");
        Assert.Contains(Convert.ToBase64String(Encoding.UTF8.GetBytes("kept")), message, StringComparison.Ordinal);
    }

    [Fact]
    public async Task Options_reach_the_server_and_may_change_while_it_runs()
    {
        await using var server = await NatsServer.StartAsync(new NatsServerOptions { JetStream = false, Name = "mine", Configuration = "max_payload: 1000" }, Token);
        await using var client = await NatsClients.ConnectAsync(NatsClients.Options(server.EndPoint));
        Assert.True(client.Server is { Name: "mine", HasJetStream: false, MaxPayload: 1000 });

        server.Configuration = "authorization { user: \"other\", password: \"pw\" }";
        await server.ReloadAsync(Token);
        await NatsClients.UntilAsync(() => client.Health.Status == BrokerStatus.Failed);
    }

    [Fact]
    public async Task A_server_that_refuses_its_configuration_is_quoted()
    {
        var error = await Assert.ThrowsAsync<InvalidOperationException>(() =>
            NatsServer.StartAsync(new NatsServerOptions { Configuration = "no_such_option: 1" }, Token));

        Assert.Contains("no_such_option", error.Message, StringComparison.Ordinal);
    }

    [Fact]
    public async Task A_cluster_has_three_servers_that_end_with_it()
    {
        var cluster = await NatsCluster.StartAsync(cancellationToken: Token);
        Assert.Equal(3, cluster.Servers.Count(static server => server.IsRunning));
        var endPoint = cluster.Servers[0].EndPoint;
        await cluster.DisposeAsync();

        using var socket = new Socket(AddressFamily.InterNetwork, SocketType.Stream, ProtocolType.Tcp);
        await Assert.ThrowsAsync<SocketException>(async () => await socket.ConnectAsync(endPoint, Token));
        Assert.All(cluster.Servers, static server => Assert.False(Directory.Exists(server.Folder)));
    }
}
