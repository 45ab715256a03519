using System.Net;
using Jobs.Transport;

namespace Jobs.Brokers.Nats.Protocol;

/// <summary>Reads connection strings: <c>nats://user:password@host:port,host2?…</c>, and <c>host:port,host2,user=…</c>.</summary>
internal static class NatsConnectionString
{
    /// <summary>The usual port for clients.</summary>
    public const int DefaultPort = 4222;

    public static NatsClientOptions Parse(string connectionString)
    {
        var options = new NatsClientOptions();
        var servers = new List<DnsEndPoint>();
        var list = connectionString;
        // Only a URL has a query: elsewhere the mark may be part of a password.
        var query = connectionString.Contains("://", StringComparison.Ordinal) ? Cut(ref list, '?') : null;
        foreach (var part in list.Split(',', StringSplitOptions.TrimEntries | StringSplitOptions.RemoveEmptyEntries))
        {
            var equals = part.IndexOf('=', StringComparison.Ordinal);
            if (equals < 0 || part.Contains("://", StringComparison.Ordinal))
            {
                servers.Add(ParseServer(part, ref options));
            }
            else
            {
                options = NatsOptionKeys.Apply(options, part[..equals].Trim(), part[(equals + 1)..].Trim());
            }
        }

        foreach (var part in (query ?? "").Split('&', StringSplitOptions.RemoveEmptyEntries))
        {
            var equals = part.IndexOf('=', StringComparison.Ordinal);
            options = NatsOptionKeys.Apply(options, Uri.UnescapeDataString(equals < 0 ? part : part[..equals]), equals < 0 ? "" : Uri.UnescapeDataString(part[(equals + 1)..]));
        }

        return servers.Count > 0 ? Checked(options with { Servers = servers })
            : throw new FormatException("The connection string of NATS names no server: it begins with 'nats://host:port', or 'host:port'.");
    }

    private static DnsEndPoint ParseServer(string text, ref NatsClientOptions options)
    {
        var rest = text;
        var at = rest.IndexOf("://", StringComparison.Ordinal);
        if (at >= 0)
        {
            options = WithScheme(options, rest[..at]);
            rest = rest[(at + 3)..];
        }

        if (rest.LastIndexOf('@') is var end and >= 0)
        {
            options = WithUser(options, rest[..end]);
            rest = rest[(end + 1)..];
        }

        return ServerAddress.Parse(rest.TrimEnd('/'), DefaultPort, "NATS", "A comma, an at sign or a slash in a password is written %2C, %40, %2F.");
    }

    private static NatsClientOptions WithScheme(NatsClientOptions options, string scheme) => scheme.ToUpperInvariant() switch
    {
        "NATS" => options,
        "TLS" => options with { UseTls = true },
        "WS" or "WSS" => throw new FormatException($"The connection string of NATS has '{scheme}://': WebSockets are not supported. Use nats:// or tls://, with the port for clients (4222)."),
        _ => throw new FormatException($"The connection string of NATS has the scheme '{scheme}', which is not known. Known are: nats, tls."),
    };

    // One name alone is a token, as in other clients.
    private static NatsClientOptions WithUser(NatsClientOptions options, string text)
    {
        var colon = text.IndexOf(':', StringComparison.Ordinal);
        var user = Uri.UnescapeDataString(colon < 0 ? text : text[..colon]);
        var changed = colon < 0 ? options with { Token = user } : options with { User = user, Password = Uri.UnescapeDataString(text[(colon + 1)..]) };
        var isFirst = options.Token is null && options.User is null;
        return isFirst || changed == options ? changed
            : throw new FormatException("The connection string of NATS names several users: all servers of a cluster must take the same one.");
    }

    private static NatsClientOptions Checked(NatsClientOptions options)
    {
        string?[] ways = [options.User is null ? null : "user", options.Token is null ? null : "token", options.NKeyFile is null ? null : "nkey", options.CredentialsFile is null ? null : "creds"];
        var used = ways.Where(static way => way is not null).ToArray();
        return used.Length <= 1 ? options
            : throw new FormatException($"The connection string of NATS has several ways to say who connects: {string.Join(" and ", used)}. Keep one.");
    }

    private static string? Cut(ref string text, char mark)
    {
        var at = text.IndexOf(mark, StringComparison.Ordinal);
        if (at < 0)
        {
            return null;
        }

        var tail = text[(at + 1)..];
        text = text[..at];
        return tail;
    }
}
