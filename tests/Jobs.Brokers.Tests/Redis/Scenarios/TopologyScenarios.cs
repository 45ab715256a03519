using System.Globalization;
using System.Text;
using Jobs.Brokers.Conformance.Servers;
using Jobs.Brokers.Redis;
using Jobs.Brokers.Redis.Protocol;
using Jobs.Brokers.Tests.Redis.Protocol;
using Jobs.Messages;
using Jobs.Telemetry;
using Microsoft.Extensions.Logging.Abstractions;

namespace Jobs.Brokers.Tests.Redis.Scenarios;

/// <summary>The broker where Redis is more than one server.</summary>
public sealed class TopologyScenarios
{
    private static readonly BrokerTopology Topology = new("many", [.. ((string[])["a", "b", "c", "d"]).Select(static queue => new QueueTopology(queue, TimeSpan.FromSeconds(3)))]);

    private static CancellationToken Token => TestContext.Current.CancellationToken;

    [Fact]
    public async Task S23_queues_live_on_the_nodes_of_a_cluster_and_move_between_them()
    {
        await using var cluster = new LocalCluster();
        await cluster.InitializeAsync();
        await using var broker = Open(Clients.Options(cluster.Nodes[0].EndPoint));
        await broker.ProvisionAsync(Topology, ProvisionMode.CreateIfMissing, Token);
        string[] queues = [.. Topology.Queues.Select(static queue => queue.Name)];
        await SendAsync(broker, queues, "before", 40);

        await cluster.MoveAsync(new QueueKeys("many", "a").Streams[1]);
        await SendAsync(broker, queues, "after", 40);

        foreach (var queue in queues)
        {
            Assert.Equal(20, (await ReceiveAllAsync(broker, queue, 20)).Distinct().Count());
            Assert.Equal(new QueueDepth(0, 0, 0, TimeSpan.Zero), await broker.GetDepthAsync(queue, Token));
        }
    }

    [Fact]
    public async Task S22_a_failover_loses_no_job_that_the_replica_had()
    {
        var servers = new List<ServerProcess>();
        try
        {
            var primary = await StartAsync(servers, new RedisServer(new RedisServerOptions { AppendOnly = false }));
            var replica = await StartAsync(servers, new RedisServer(new RedisServerOptions
            {
                AppendOnly = false,
                Arguments = ["--replicaof", "127.0.0.1", primary.EndPoint.Port.ToString(CultureInfo.InvariantCulture)],
            }));
            await using var broker = Open(Clients.Options(primary.EndPoint, replica.EndPoint));
            await broker.ProvisionAsync(Topology, ProvisionMode.CreateIfMissing, Token);
            await SendAsync(broker, ["a"], "before", 20);
            await Clients.UntilAsync(async () => (await replica.CommandAsync("INFO replication", Token)).Contains("master_link_status:up", StringComparison.Ordinal)
                && (await replica.CommandAsync("XLEN {many:a}:normal", Token)).StartsWith(":20", StringComparison.Ordinal));

            await primary.KillAsync(Token);
            await replica.CommandAsync("REPLICAOF NO ONE", Token);
            await SendAsync(broker, ["a"], "after", 20);

            Assert.Equal(40, (await ReceiveAllAsync(broker, "a", 40)).Distinct().Count());
        }
        finally
        {
            foreach (var server in Enumerable.Reverse(servers))
            {
                await server.DisposeAsync();
            }
        }
    }

    private static RedisBroker Open(RedisClientOptions options) => new(
        RedisClient.Open(options, TimeProvider.System, NullLogger.Instance),
        Topology.Namespace,
        new RedisBrokerOptions { SendTimeout = TimeSpan.FromSeconds(60) },
        TimeProvider.System,
        new JobsTelemetry(),
        NullLogger.Instance);

    private static async Task<T> StartAsync<T>(List<ServerProcess> servers, T server)
        where T : ServerProcess
    {
        servers.Add(server);
        await server.StartAsync(Token);
        return server;
    }

    private static async Task SendAsync(RedisBroker broker, string[] queues, string prefix, int count)
    {
        var messages = Enumerable.Range(0, count).Select(i => JobMessage.FromBytes(Encoding.UTF8.GetBytes(
            $$$"""{"specversion":"1.0","id":"{{{prefix}}}-{{{i}}}","source":"/test","type":"test","jobqueue":"{{{queues[i % queues.Length]}}}","data":{} }"""))).ToArray();
        var results = new SendResult[count];
        await broker.SendAsync(messages, results, Token);
        Assert.All(results, static result => Assert.Equal((SendStatus.Accepted, null), (result.Status, result.Error)));
    }

    private static async Task<List<JobId>> ReceiveAllAsync(RedisBroker broker, string queue, int count)
    {
        await using var receiver = await broker.OpenReceiverAsync(queue, new ReceiverOptions { Lease = TimeSpan.FromSeconds(3), Worker = "test" }, Token);
        var ids = new List<JobId>();
        var buffer = new JobDelivery[count];
        while (ids.Count < count)
        {
            var received = await receiver.ReceiveAsync(buffer, wait: true, Token);
            ids.AddRange(buffer.Take(received).Select(static delivery => delivery.Message!.Id));
            var results = new SettleResult[received];
            await receiver.SettleAsync(buffer.Take(received).Select(static delivery => new Settlement { Delivery = delivery, Kind = SettleKind.Complete }).ToArray(), results, Token);
            Assert.All(results, static result => Assert.Equal(SettleResult.Ok, result));
        }

        return ids;
    }
}
