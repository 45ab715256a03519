using System.Net;

namespace Jobs.Transport;

/// <summary>The servers to try, in random order, so that many clients spread; one that works is stayed with. Not for concurrent use.</summary>
internal sealed class ServerPool
{
    private readonly DnsEndPoint[] _servers;
    private int _current;

    public ServerPool(IEnumerable<DnsEndPoint> servers)
    {
        _servers = [.. servers.Distinct()];
        Random.Shared.Shuffle(_servers);
    }

    public int Count => _servers.Length;

    public DnsEndPoint Current => _servers[_current];

    /// <summary>The current one failed.</summary>
    public void MoveOn() => _current = (_current + 1) % _servers.Length;
}
