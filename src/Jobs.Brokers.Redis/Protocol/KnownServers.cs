using System.Net;
using Jobs.Transport;

namespace Jobs.Brokers.Redis.Protocol;

/// <summary>The servers that the options name.</summary>
internal sealed class KnownServers(IEnumerable<DnsEndPoint> servers) : IServerSource
{
    private readonly ServerPool _pool = new(servers);

    public DnsEndPoint Next(Func<Deadline> begin) => _pool.Current;

    public void MoveOn() => _pool.MoveOn();
}
