using System.Globalization;
using System.Net;
using Jobs.Brokers.Conformance.Faults;
using Jobs.Brokers.Conformance.Servers;

namespace Jobs.Soak;

/// <summary>The broker's servers, each behind a slow network.</summary>
internal abstract class SoakServer : IAsyncDisposable
{
    private List<TcpProxy> _proxies = [];

    /// <summary>What workers connect to.</summary>
    public string Address => string.Join(',', _proxies.Select(static proxy => proxy.EndPoint));

    protected abstract IReadOnlyList<ServerProcess> Servers { get; }

    /// <summary>Where the network leads to.</summary>
    protected virtual IEnumerable<IPEndPoint> EndPoints => Servers.Select(static process => process.EndPoint);

    /// <summary>Starts it.</summary>
    public static async Task<SoakServer> StartAsync(SoakOptions options, CancellationToken cancellationToken)
    {
        SoakServer server = options.Broker switch
        {
            "redis" => await RedisSoakServer.StartAsync(cancellationToken),
            "nats" => await NatsSoakServer.StartAsync(cancellationToken),
            "nats-cluster" => await NatsClusterSoakServer.StartAsync(cancellationToken),
            "sqs" => await SqsSoakServer.StartAsync(options.FaultRate, cancellationToken),
            _ => throw new ArgumentException($"There is no broker '{options.Broker}' to soak: redis, nats, nats-cluster, sqs.", nameof(options)),
        };
        server._proxies = [.. server.EndPoints.Select(point => new TcpProxy(point) { Delay = options.Latency })];
        return server;
    }

    /// <summary>Kills a server, and starts it again; each in its turn.</summary>
    public async Task RestartAsync(int turn)
    {
        var server = Servers[turn % Servers.Count];
        await server.KillAsync(CancellationToken.None);
        await server.StartAsync(CancellationToken.None);
    }

    /// <summary>The memory that it uses, in bytes.</summary>
    public virtual async Task<long> ReadMemoryAsync(CancellationToken cancellationToken)
    {
        const string Prefix = "VmRSS:";
        var bytes = 0L;
        foreach (var server in Servers)
        {
            var status = await File.ReadAllLinesAsync($"/proc/{server.ProcessId}/status", cancellationToken);
            var line = Array.Find(status, static line => line.StartsWith(Prefix, StringComparison.Ordinal))!;
            bytes += long.Parse(line[Prefix.Length..].Replace("kB", "", StringComparison.Ordinal), CultureInfo.InvariantCulture) * 1024;
        }

        return bytes;
    }

    public virtual async ValueTask DisposeAsync()
    {
        foreach (var proxy in _proxies)
        {
            await proxy.DisposeAsync();
        }

        foreach (var server in Servers)
        {
            await server.DisposeAsync();
        }
    }
}
