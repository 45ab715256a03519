using System.Net;

namespace Jobs.Transport;

/// <summary>The servers to try, in random order, so that many clients spread; one that works is stayed with. Not for concurrent use.</summary>
internal sealed class ServerPool
{
    private readonly DnsEndPoint[] _known;
    private DnsEndPoint[] _servers;
    private int _current;

    public ServerPool(IEnumerable<DnsEndPoint> servers)
    {
        _known = [.. servers.Distinct()];
        _servers = [.. _known];
        Random.Shared.Shuffle(_servers);
    }

    public int Count => _servers.Length;

    public DnsEndPoint Current => _servers[_current];

    /// <summary>The current one failed.</summary>
    public void MoveOn() => _current = (_current + 1) % _servers.Length;

    /// <summary>Servers have named others: they are tried, too, in place of those named before. The current one stays so, to be tried again last.</summary>
    public void Learn(IEnumerable<DnsEndPoint> others)
    {
        var current = Current;
        DnsEndPoint[] rest = [.. _known.Concat(others).Distinct().Where(server => !server.Equals(current))];
        Random.Shared.Shuffle(rest);
        _servers = [current, .. rest];
        _current = 0;
    }
}
