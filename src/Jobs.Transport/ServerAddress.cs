using System.Diagnostics.CodeAnalysis;
using System.Globalization;
using System.Net;

namespace Jobs.Transport;

/// <summary>Reads where a server is: <c>host</c>, <c>host:port</c>, <c>[::1]</c>, <c>[::1]:port</c>.</summary>
internal static class ServerAddress
{
    /// <param name="text">A part of a connection string.</param>
    /// <param name="defaultPort">The port where none is named.</param>
    /// <param name="broker">Whose connection string it is.</param>
    /// <param name="remedy">What to do where the part is no address.</param>
    /// <exception cref="FormatException">It is no address. What may be a password is not shown.</exception>
    public static DnsEndPoint Parse(string text, int defaultPort, string broker, string remedy)
    {
        var (host, port) = Split(text, defaultPort);
        if (port is null)
        {
            throw new FormatException($"The connection string of {broker} has a port that is not a number from 1 to 65535, at host '{host}'.");
        }

        return IsHost(host) ? new DnsEndPoint(host, port.Value)
            : throw new FormatException($"The connection string of {broker} has a part that is neither a host name nor 'key=value'. {remedy}");
    }

    public static bool TryParse(string text, int defaultPort, [NotNullWhen(true)] out DnsEndPoint? server)
    {
        var (host, port) = Split(text, defaultPort);
        server = port is not null && IsHost(host) ? new DnsEndPoint(host, port.Value) : null;
        return server is not null;
    }

    private static bool IsHost(string text) => Uri.CheckHostName(text) != UriHostNameType.Unknown;

    // No port if it is not valid.
    private static (string Host, int? Port) Split(string text, int defaultPort)
    {
        var colon = text.LastIndexOf(':');
        var hasPort = colon > text.LastIndexOf(']') && (text.StartsWith('[') || text.IndexOf(':', StringComparison.Ordinal) == colon);
        var host = (hasPort ? text[..colon] : text).Trim('[', ']');
        if (!hasPort)
        {
            return (host, defaultPort);
        }

        var isValid = int.TryParse(text[(colon + 1)..], NumberStyles.None, CultureInfo.InvariantCulture, out var port) && port is >= 1 and <= 65535;
        return (host, isValid ? port : null);
    }
}
