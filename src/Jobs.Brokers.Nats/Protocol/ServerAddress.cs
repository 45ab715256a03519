using System.Diagnostics.CodeAnalysis;
using System.Globalization;
using System.Net;

namespace Jobs.Brokers.Nats.Protocol;

/// <summary>Reads where a server is: <c>host</c>, <c>host:port</c>, <c>[::1]</c>, <c>[::1]:port</c>.</summary>
internal static class ServerAddress
{
    public static bool TryParse(string text, int defaultPort, [NotNullWhen(true)] out DnsEndPoint? server)
    {
        server = null;
        var colon = text.LastIndexOf(':');
        var hasPort = colon > text.LastIndexOf(']') && (text.StartsWith('[') || text.IndexOf(':', StringComparison.Ordinal) == colon);
        var host = (hasPort ? text[..colon] : text).Trim('[', ']');
        var port = defaultPort;
        var isPort = !hasPort || (int.TryParse(text[(colon + 1)..], NumberStyles.None, CultureInfo.InvariantCulture, out port) && port is >= 1 and <= 65535);
        if (isPort && Uri.CheckHostName(host) != UriHostNameType.Unknown)
        {
            server = new DnsEndPoint(host, port);
        }

        return server is not null;
    }
}
