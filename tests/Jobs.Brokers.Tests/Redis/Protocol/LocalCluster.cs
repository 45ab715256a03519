using System.Net;
using System.Net.Sockets;
using Jobs.Brokers.Conformance.Servers;
using Jobs.Brokers.Redis.Protocol;

namespace Jobs.Brokers.Tests.Redis.Protocol;

/// <summary>A cluster of real servers: three primaries with slots, and whoever joins them later.</summary>
public sealed class LocalCluster : IAsyncLifetime
{
    private static readonly (int First, int Last)[] Slots = [(0, 5460), (5461, 10922), (10923, 16383)];

    // How far the port of the bus is above the other; servers before 7.0 cannot be told.
    private const int BusOffset = 10_000;

    private static CancellationToken Token => TestContext.Current.CancellationToken;

    /// <summary>False: nodes tell of each other's ports only, so that clients stay with the address that they came to. Servers before 7.0 tell hosts all the same: then it becomes true.</summary>
    public bool TellsHosts { get; set; } = true;

    public List<RedisServer> Nodes { get; } = [];

    public async ValueTask InitializeAsync()
    {
        foreach (var (first, last) in Slots)
        {
            var node = await StartNodeAsync();
            await DoAsync(node, $"CLUSTER SET-CONFIG-EPOCH {Nodes.Count}");
            await DoAsync(node, $"CLUSTER ADDSLOTS {string.Join(' ', Enumerable.Range(first, last - first + 1))}");
            await MeetAsync(node);
        }

        await AgreeAsync();
    }

    /// <summary>Sends a command that must succeed.</summary>
    public static async Task<string> DoAsync(RedisServer node, string command)
    {
        var answer = await node.CommandAsync(command, Token);
        Assert.False(answer.StartsWith('-'), $"{command}: {answer}");
        return answer;
    }

    /// <summary>A node's id.</summary>
    public static async Task<string> IdAsync(RedisServer node) => (await DoAsync(node, "CLUSTER MYID")).Split("\r\n")[1];

    public async Task<RedisServer> AddAsync()
    {
        var node = await StartNodeAsync();
        await MeetAsync(node);
        await AgreeAsync();
        return node;
    }

    /// <summary>The node that serves a slot from the start.</summary>
    public RedisServer Owner(int slot) => Nodes[Array.FindIndex(Slots, range => slot >= range.First && slot <= range.Last)];

    /// <summary>Moves the slot of a key, with all its keys, from the node that has it from the start to another.</summary>
    public async Task MoveAsync(byte[] key)
    {
        var slot = RedisSlot.Of(key);
        var source = Owner(slot);
        var target = Nodes.First(node => node != source);
        var (sourceId, targetId) = (await IdAsync(source), await IdAsync(target));
        await DoAsync(target, $"CLUSTER SETSLOT {slot} IMPORTING {sourceId}");
        await DoAsync(source, $"CLUSTER SETSLOT {slot} MIGRATING {targetId}");
        while (await KeysAsync() is { Length: > 0 } keys)
        {
            foreach (var moved in keys)
            {
                await DoAsync(source, $"MIGRATE 127.0.0.1 {target.EndPoint.Port} {moved} 0 5000");
            }
        }

        foreach (var node in new[] { target, source }.Concat(Nodes).Distinct())
        {
            await DoAsync(node, $"CLUSTER SETSLOT {slot} NODE {targetId}");
        }

        // As many as an answer holds.
        async Task<string[]> KeysAsync() =>
            [.. (await DoAsync(source, $"CLUSTER GETKEYSINSLOT {slot} 8")).Split("\r\n").Where(static line => line.StartsWith('{'))];
    }

    /// <summary>Waits until each running node knows all the others, and none misses a slot.</summary>
    public async Task AgreeAsync()
    {
        foreach (var node in Nodes.Where(static node => node.IsRunning))
        {
            await Clients.UntilAsync(async () =>
            {
                var info = await DoAsync(node, "CLUSTER INFO");
                return info.Contains("cluster_state:ok", StringComparison.Ordinal) && info.Contains($"cluster_known_nodes:{Nodes.Count}\r", StringComparison.Ordinal);
            });
        }
    }

    public async ValueTask DisposeAsync()
    {
        foreach (var node in Nodes)
        {
            await node.DisposeAsync();
        }
    }

    private async Task<RedisServer> StartNodeAsync()
    {
        var node = new RedisServer(new RedisServerOptions
        {
            AppendOnly = false,
            Arguments = ["--cluster-enabled", "yes", "--cluster-node-timeout", "1000"],
        });
        Nodes.Add(node);
        node.EndPoint.Port = FindPort();
        await node.StartAsync(Token);
        TellsHosts = TellsHosts || (await node.CommandAsync("CONFIG SET cluster-preferred-endpoint-type unknown-endpoint", Token)).StartsWith('-');
        return node;
    }

    // One whose bus has a port, too.
    private static int FindPort()
    {
        while (true)
        {
            using var probe = new TcpListener(IPAddress.Loopback, 0);
            probe.Start();
            var port = ((IPEndPoint)probe.LocalEndpoint).Port;
            if (port + BusOffset > IPEndPoint.MaxPort)
            {
                continue;
            }

            try
            {
                using var bus = new TcpListener(IPAddress.Loopback, port + BusOffset);
                bus.Start();
                return port;
            }
            catch (SocketException)
            {
                // Taken.
            }
        }
    }

    private async Task MeetAsync(RedisServer node)
    {
        if (node != Nodes[0])
        {
            await DoAsync(node, $"CLUSTER MEET 127.0.0.1 {Nodes[0].EndPoint.Port}");
        }
    }
}
