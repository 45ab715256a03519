using Jobs.Brokers.Conformance.Servers;
using Jobs.Brokers.Nats.Protocol;

namespace Jobs.Brokers.Tests.Nats.Protocol;

public sealed class NatsClusterTests : IAsyncLifetime
{
    // A server that stops would send its clients away itself, but later than any check here waits.
    private const string Patient = "lame_duck_grace_period: \"60s\"\nlame_duck_duration: \"120s\"";

    private NatsCluster _cluster = null!;

    private static CancellationToken Token => TestContext.Current.CancellationToken;

    public async ValueTask InitializeAsync() => _cluster = await NatsCluster.StartAsync(Patient, Token);

    public ValueTask DisposeAsync() => _cluster.DisposeAsync();

    [Fact]
    public async Task A_server_that_dies_is_replaced_by_one_that_it_named()
    {
        await using var client = await ConnectAsync();
        using var subscription = client.Subscribe("echo", new Echo(client));
        await NatsClients.UntilAsync(() => client.Server!.ConnectUrls.Count == 3);
        await Current(client).KillAsync(Token);

        await NatsClients.UntilAsync(() => client.Reconnects == 1);
        await client.WaitAsync();
        Assert.Equal("x", await client.AskAsync("echo", "x"));
        Assert.NotEqual("n1", client.Server!.Name);
    }

    [Fact]
    public async Task A_server_that_is_about_to_stop_is_left_in_order()
    {
        await using var other = await NatsClients.ConnectAsync(NatsClients.Options(_cluster.Servers[1].EndPoint));
        var echo = new Echo(other);
        using var subscription = other.Subscribe("echo", echo);
        await other.FlushAsync(Token);
        await using var client = await ConnectAsync();
        var received = new Echo(client);
        using var own = client.Subscribe("own", received);
        await NatsClients.UntilAsync(() => client.Server!.ConnectUrls.Count == 3);
        Assert.Equal("x", await client.AskAsync("echo", "x"));
        var inFlight = client.AskAsync("echo", "y");

        await _cluster.Servers[0].LeaveAsync(Token);

        Assert.Equal("y", await inFlight);
        await NatsClients.UntilAsync(() => client.Reconnects == 1 && client.Health.Status == BrokerStatus.Connected);
        Assert.NotEqual("n1", client.Server!.Name);
        Assert.Equal("z", await client.AskAsync("echo", "z"));
        client.Publish("own", "mine");
        Assert.Equal("mine", await received.NextAsync());
    }

    [Fact]
    public async Task Without_another_server_one_stays_until_the_end()
    {
        await using var client = await NatsClients.ConnectAsync(NatsClients.Options(_cluster.Servers[0].EndPoint));
        await _cluster.Servers[0].LeaveAsync(Token);
        await NatsClients.UntilAsync(() => client.Server!.IsLameDuck);
        await client.FlushAsync(Token);

        Assert.Equal(0, client.Reconnects);
    }

    [Fact]
    public async Task A_stream_of_three_replicas_outlives_one_of_them()
    {
        await using var client = await ConnectAsync();
        await NatsClients.UntilAsync(() => client.Server!.ConnectUrls.Count == 3);
        Assert.Contains("\"num_replicas\":3", await client.AskAsync("$JS.API.STREAM.CREATE.R", """{"name":"R","subjects":["r"],"num_replicas":3,"storage":"file"}"""), StringComparison.Ordinal);
        Assert.Contains("\"seq\":1", await client.AskAsync("r", "1"), StringComparison.Ordinal);
        await Current(client).KillAsync(Token);
        await client.WaitAsync();

        var answer = "";
        await NatsClients.UntilAsync(() => client.Reconnects == 1);
        while (!answer.Contains("\"seq\":2", StringComparison.Ordinal))
        {
            try
            {
                answer = await client.AskAsync("r", "2", TimeSpan.FromSeconds(2));
            }
            catch (NatsException)
            {
                // Its leader is being elected.
                await client.WaitAsync();
            }
        }
    }

    private Task<INatsClient> ConnectAsync() =>
        NatsClients.ConnectAsync(NatsClients.Options(_cluster.Servers[0].EndPoint) with { UseGossip = true });

    private NatsServer Current(INatsClient client) => _cluster.Servers.Single(server => client.Server!.Name == $"n{_cluster.Servers.ToList().IndexOf(server) + 1}");
}
