using System.Globalization;
using System.Net;

namespace Jobs.Brokers.Redis.Protocol;

/// <summary>Where a node of a cluster sends a client.</summary>
/// <param name="IsAsk">For this command only: the slot is on its way there.</param>
/// <param name="Slot">The slot.</param>
/// <param name="Server">The node to ask.</param>
internal readonly record struct Redirection(bool IsAsk, int Slot, DnsEndPoint Server)
{
    /// <param name="error">The error: <c>MOVED 3999 127.0.0.1:6381</c>, <c>ASK 3999 127.0.0.1:6381</c>.</param>
    /// <param name="sender">Who sent it: where it names no host, its own is meant.</param>
    public static Redirection? Parse(string error, DnsEndPoint? sender)
    {
        if (!error.StartsWith("MOVED ", StringComparison.Ordinal) && !error.StartsWith("ASK ", StringComparison.Ordinal))
        {
            return null;
        }

        var words = error.Split(' ');
        var colon = words.Length == 3 ? words[2].LastIndexOf(':') : -1;
        var host = colon > 0 ? words[2][..colon] : sender?.Host;
        return colon >= 0 && host is not null
            && int.TryParse(words[1], NumberStyles.None, CultureInfo.InvariantCulture, out var slot) && slot < RedisSlot.Count
            && int.TryParse(words[2].AsSpan(colon + 1), NumberStyles.None, CultureInfo.InvariantCulture, out var port) && port is > 0 and <= 65535
            ? new Redirection(words[0] == "ASK", slot, new DnsEndPoint(host.Trim('[', ']'), port))
            : throw new RedisProtocolException("The server sent a redirection that names no slot and server.");
    }
}
