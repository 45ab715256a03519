using System.Buffers;
using System.Net;
using Jobs.Transport;

namespace Jobs.Brokers.Redis.Protocol;

/// <summary>Reads connection strings: <c>host:port,host2,password=…</c>, and <c>redis://user:password@host:port/database?…</c>.</summary>
internal static class RedisConnectionString
{
    private const int DefaultPort = 6379;
    private const int DefaultTlsPort = 6380;
    private const int DefaultSentinelPort = 26379;

    private static readonly SearchValues<char> SchemeLetters = SearchValues.Create("abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNOPQRSTUVWXYZ");

    public static RedisClientOptions Parse(string connectionString)
    {
        var options = connectionString.StartsWith("redis://", StringComparison.OrdinalIgnoreCase) ? ParseUrl(connectionString["redis://".Length..], new())
            : connectionString.StartsWith("rediss://", StringComparison.OrdinalIgnoreCase) ? ParseUrl(connectionString["rediss://".Length..], new() { UseTls = true })
            : ParseList(connectionString);
        return options.Servers.Count > 0 ? options : throw new FormatException("The connection string of Redis names no server: it begins with 'host:port', or 'redis://host:port'.");
    }

    // The format of StackExchange.Redis.
    private static RedisClientOptions ParseList(string list)
    {
        // Letters alone at the very beginning are no part of a password, so they may be shown.
        var scheme = list.IndexOf("://", StringComparison.Ordinal);
        if (scheme > 0 && list.AsSpan(0, scheme).IndexOfAnyExcept(SchemeLetters) < 0)
        {
            throw new FormatException($"The connection string of Redis has the scheme '{list[..scheme]}', which is not known. Known are: redis, rediss.");
        }

        var options = new RedisClientOptions();
        var hosts = new List<string>();
        foreach (var part in list.Split(',', StringSplitOptions.TrimEntries | StringSplitOptions.RemoveEmptyEntries))
        {
            var equals = part.IndexOf('=', StringComparison.Ordinal);
            if (equals < 0)
            {
                hosts.Add(part);
            }
            else
            {
                options = RedisOptionKeys.Apply(options, part[..equals].Trim(), part[(equals + 1)..].Trim());
            }
        }

        var port = options.ServiceName is not null ? DefaultSentinelPort : options.UseTls ? DefaultTlsPort : DefaultPort;
        return options with { Servers = [.. hosts.Select(host => ParseServer(host, port))] };
    }

    private static RedisClientOptions ParseUrl(string rest, RedisClientOptions options)
    {
        var query = Cut(ref rest, rest.IndexOf('?', StringComparison.Ordinal));
        var path = Cut(ref rest, rest.IndexOf('/', StringComparison.Ordinal));
        var at = rest.LastIndexOf('@');
        if (at >= 0)
        {
            var colon = rest.IndexOf(':', StringComparison.Ordinal);
            var user = Uri.UnescapeDataString(rest[..(colon >= 0 && colon < at ? colon : at)]);
            options = options with
            {
                User = user.Length == 0 ? null : user,
                Password = colon >= 0 && colon < at ? Uri.UnescapeDataString(rest[(colon + 1)..at]) : null,
            };
            rest = rest[(at + 1)..];
        }

        if (path is { Length: > 0 })
        {
            options = RedisOptionKeys.Apply(options, "defaultDatabase", path);
        }

        foreach (var part in (query ?? "").Split('&', StringSplitOptions.RemoveEmptyEntries))
        {
            var equals = part.IndexOf('=', StringComparison.Ordinal);
            options = RedisOptionKeys.Apply(options, Uri.UnescapeDataString(equals < 0 ? part : part[..equals]), equals < 0 ? "" : Uri.UnescapeDataString(part[(equals + 1)..]));
        }

        var port = options.ServiceName is null ? DefaultPort : DefaultSentinelPort;
        return options with { Servers = [.. rest.Split(',', StringSplitOptions.TrimEntries | StringSplitOptions.RemoveEmptyEntries).Select(host => ParseServer(host, port))] };
    }

    private static DnsEndPoint ParseServer(string text, int defaultPort) =>
        ServerAddress.Parse(text, defaultPort, "Redis", "A comma in a password needs the form redis://, where it is written %2C.");

    private static string? Cut(ref string text, int at)
    {
        if (at < 0)
        {
            return null;
        }

        var tail = text[(at + 1)..];
        text = text[..at];
        return tail;
    }
}
