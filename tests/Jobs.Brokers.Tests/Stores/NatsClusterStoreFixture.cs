using System.Globalization;
using System.Text.Json;
using Jobs.Brokers.Conformance;
using Jobs.Brokers.Conformance.Servers;
using Jobs.Brokers.Conformance.Stores;
using Jobs.Brokers.Nats;
using Jobs.Brokers.Nats.Protocol;
using Jobs.Brokers.Nats.Stores;
using Jobs.Stores;
using Microsoft.Extensions.Logging.Abstractions;

namespace Jobs.Brokers.Tests.Stores;

/// <summary>The NATS store on a cluster of three, all of which keep it. Its processes connect to one server each, by turns.</summary>
/// <remarks>Clients know all servers, so that no proxy stands between: what happens when servers go is for the scenarios.</remarks>
public sealed class NatsClusterStoreFixture : StoreFixture
{
    private int _connected;

    public override TimeSpan Slack => TimeSpan.FromSeconds(1);

    public NatsCluster Cluster { get; private set; } = null!;

    public override async ValueTask InitializeAsync()
    {
        Cluster = await NatsCluster.StartAsync(cancellationToken: CancellationToken.None);
        await base.InitializeAsync();
        await UntilReadyAsync();
    }

    public override async ValueTask DisposeAsync()
    {
        await base.DisposeAsync();
        await Cluster.DisposeAsync();
    }

    public override ValueTask<IJobStore> ConnectAsync(BrokerTarget target, CancellationToken cancellationToken) =>
        new(Open(target.Namespace, Interlocked.Increment(ref _connected)));

    /// <summary>Connects to one of the servers first.</summary>
    internal NatsStore Open(string @namespace, int server) =>
        NatsStoreFixture.Open(Cluster.Servers[server % Cluster.Servers.Count].EndPoint.ToString(), @namespace, new NatsBrokerOptions { Replicas = 3 });

    /// <summary>The server that leads the entries of a namespace.</summary>
    public async Task<NatsServer> LeaderAsync(string @namespace)
    {
        while (true)
        {
            using var answer = JsonDocument.Parse(await AskAsync($"STREAM.INFO.{new StoreNames(@namespace).Stream}"));
            if (answer.RootElement.TryGetProperty("cluster", out var cluster) && cluster.TryGetProperty("leader", out var leader))
            {
                return Cluster.Servers[int.Parse(leader.GetString()!.AsSpan(1), CultureInfo.InvariantCulture) - 1];
            }

            await Task.Delay(TimeSpan.FromMilliseconds(50), TimeProvider.System);
        }
    }

    // Until all know that all are there, no stream can be made.
    private async Task UntilReadyAsync()
    {
        while (!(await AskAsync("STREAM.CREATE.probe", """{"name":"probe","subjects":["probe"],"num_replicas":3,"storage":"memory"}""")).Contains("\"cluster\"", StringComparison.Ordinal))
        {
            await Task.Delay(TimeSpan.FromMilliseconds(100), TimeProvider.System);
        }

        await AskAsync("STREAM.DELETE.probe");
    }

    private async Task<string> AskAsync(string call, string body = "")
    {
        var servers = string.Join(',', Cluster.Servers.Select(static server => server.EndPoint));
        await using var client = NatsClient.Open(NatsClientOptions.Parse(servers), TimeProvider.System, NullLogger.Instance);
        while (true)
        {
            try
            {
                await client.WaitConnectedAsync(CancellationToken.None);
                using var reply = await client.RequestAsync(
                    System.Text.Encoding.UTF8.GetBytes($"$JS.API.{call}"), [], System.Text.Encoding.UTF8.GetBytes(body), TimeSpan.FromSeconds(1), CancellationToken.None);
                return System.Text.Encoding.UTF8.GetString(reply.Payload);
            }
            catch (NatsException)
            {
                await Task.Delay(TimeSpan.FromMilliseconds(50), TimeProvider.System);
            }
        }
    }
}
