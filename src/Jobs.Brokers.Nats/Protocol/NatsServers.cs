using System.Net;
using Jobs.Transport;
using Microsoft.Extensions.Logging;

namespace Jobs.Brokers.Nats.Protocol;

/// <summary>The servers that the options name, and those that these have named (gossip). Used by the thread that connects.</summary>
internal sealed class NatsServers(NatsClientOptions options, ILogger logger)
{
    private readonly ServerPool _pool = new(options.Servers);

    public DnsEndPoint Current => _pool.Current;

    /// <summary>Whether there is another one than the current.</summary>
    public bool HasOthers => _pool.Count > 1;

    /// <summary>The current one failed.</summary>
    public void MoveOn() => _pool.MoveOn();

    /// <summary>A server has told of itself, and of others.</summary>
    public void Learn(NatsServerInfo info)
    {
        if (!options.UseGossip)
        {
            return;
        }

        var others = new List<DnsEndPoint>();
        foreach (var url in info.ConnectUrls)
        {
            if (ServerAddress.TryParse(url, NatsConnectionString.DefaultPort, out var server))
            {
                others.Add(server);
            }
            else
            {
                NatsLog.BadUrl(logger, url);
            }
        }

        _pool.Learn(others);
    }

    /// <summary>The name that a server's certificate must carry: servers name each other by address, but certificates are for names.</summary>
    public string TlsHost(DnsEndPoint server) => IPAddress.TryParse(server.Host, out _)
        ? options.Servers.LastOrDefault(static known => !IPAddress.TryParse(known.Host, out _))?.Host ?? server.Host
        : server.Host;
}
