using System.Collections.Frozen;
using System.Globalization;

namespace Jobs.Brokers.Redis.Protocol;

/// <summary>The keys of a connection string.</summary>
internal static class RedisOptionKeys
{
    // The names of StackExchange.Redis where it has them.
    private static readonly FrozenDictionary<string, Func<RedisClientOptions, string, RedisClientOptions>> Keys = new Dictionary<string, Func<RedisClientOptions, string, RedisClientOptions>>
    {
        ["user"] = static (options, value) => options with { User = value },
        ["password"] = static (options, value) => options with { Password = value },
        ["defaultDatabase"] = static (options, value) => options with { Database = Number("defaultDatabase", value, 0, int.MaxValue) },
        ["name"] = static (options, value) => options with { ClientName = Name(value) },
        ["serviceName"] = static (options, value) => options with { ServiceName = value },
        ["sentinelUser"] = static (options, value) => options with { SentinelUser = value },
        ["sentinelPassword"] = static (options, value) => options with { SentinelPassword = value },
        ["ssl"] = static (options, value) => options with { UseTls = Flag("ssl", value) },
        ["sslHost"] = static (options, value) => options with { TlsHost = value },
        ["tlsCa"] = static (options, value) => options with { TlsCaFile = value },
        ["tlsCertificate"] = static (options, value) => options with { TlsCertificateFile = value },
        ["tlsKey"] = static (options, value) => options with { TlsKeyFile = value },
        ["tlsKeyPassword"] = static (options, value) => options with { TlsKeyPassword = value },
        ["tlsVerify"] = static (options, value) => options with { TlsVerify = Flag("tlsVerify", value) },
        ["protocol"] = static (options, value) => options with { ProtocolVersion = Version(value) },
        ["connectTimeout"] = static (options, value) => options with { ConnectTimeout = TimeSpan.FromMilliseconds(Number("connectTimeout", value, 1, 3_600_000)) },
        ["keepAlive"] = static (options, value) => options with { KeepAlive = TimeSpan.FromSeconds(Number("keepAlive", value, 1, 3_600)) },
        ["deadAfter"] = static (options, value) => options with { DeadAfter = TimeSpan.FromSeconds(Number("deadAfter", value, 1, 3_600)) },

        // These steer the other client from the inside: here they have nothing to steer.
        ["abortConnect"] = static (options, value) => Ignore(options, Flag("abortConnect", value)),
        ["allowAdmin"] = static (options, value) => Ignore(options, Flag("allowAdmin", value)),
        ["resolveDns"] = static (options, value) => Ignore(options, Flag("resolveDns", value)),
        ["connectRetry"] = static (options, value) => Ignore(options, Number("connectRetry", value, 0, int.MaxValue)),
        ["syncTimeout"] = static (options, value) => Ignore(options, Number("syncTimeout", value, 0, int.MaxValue)),
        ["asyncTimeout"] = static (options, value) => Ignore(options, Number("asyncTimeout", value, 0, int.MaxValue)),
        ["configCheckSeconds"] = static (options, value) => Ignore(options, Number("configCheckSeconds", value, 0, int.MaxValue)),
        ["setlib"] = static (options, value) => Ignore(options, Flag("setlib", value)),
    }.ToFrozenDictionary(StringComparer.OrdinalIgnoreCase);

    public static RedisClientOptions Apply(RedisClientOptions options, string key, string value)
    {
        if (Keys.TryGetValue(key, out var apply))
        {
            return apply(options, value);
        }

        // What does not look like a key may be the rest of a password that has a comma in it.
        var name = key.Length > 2 && Array.TrueForAll(key.ToCharArray(), char.IsAsciiLetter) ? $"'{key}'" : "a key";
        throw new FormatException($"The connection string of Redis has {name} that is not known. Known are: {string.Join(", ", Keys.Keys.Order(StringComparer.OrdinalIgnoreCase))}.");
    }

    private static RedisClientOptions Ignore<T>(RedisClientOptions options, T _) => options;

    private static bool Flag(string key, string value) => value.ToUpperInvariant() switch
    {
        "TRUE" or "YES" or "1" or "ENABLED" => true,
        "FALSE" or "NO" or "0" or "DISABLED" => false,
        _ => throw new FormatException($"'{key}' in the connection string of Redis must be true or false."),
    };

    private static int Number(string key, string value, int least, int most) =>
        int.TryParse(value, NumberStyles.None, CultureInfo.InvariantCulture, out var number) && number >= least && number <= most
            ? number
            : throw new FormatException($"'{key}' in the connection string of Redis must be a whole number from {least} to {most}.");

    private static int Version(string value) => value.ToUpperInvariant() switch
    {
        "RESP2" or "2" => 2,
        "RESP3" or "3" => 3,
        _ => throw new FormatException("'protocol' in the connection string of Redis must be resp2 or resp3."),
    };

    // The server takes no other characters.
    private static string Name(string value) => !value.AsSpan().ContainsAnyExceptInRange('!', '~')
        ? value
        : throw new FormatException("'name' in the connection string of Redis must have printable ASCII characters only, and no spaces.");
}
