using System.Collections.Frozen;
using System.Globalization;

namespace Jobs.Brokers.Nats.Protocol;

/// <summary>The keys of a connection string.</summary>
internal static class NatsOptionKeys
{
    private static readonly FrozenDictionary<string, Func<NatsClientOptions, string, NatsClientOptions>> Keys = new Dictionary<string, Func<NatsClientOptions, string, NatsClientOptions>>
    {
        ["user"] = static (options, value) => options with { User = value },
        ["password"] = static (options, value) => options with { Password = value },
        ["token"] = static (options, value) => options with { Token = value },
        ["nkey"] = static (options, value) => options with { NKeyFile = value },
        ["creds"] = static (options, value) => options with { CredentialsFile = value },
        ["name"] = static (options, value) => options with { ClientName = value },
        ["inboxPrefix"] = static (options, value) => options with { InboxPrefix = Prefix(value) },
        ["gossip"] = static (options, value) => options with { UseGossip = Flag("gossip", value) },
        ["tls"] = static (options, value) => options with { UseTls = Flag("tls", value) },
        ["tlsFirst"] = static (options, value) => options with { IsTlsFirst = Flag("tlsFirst", value) },
        ["tlsHost"] = static (options, value) => options with { TlsHost = value },
        ["tlsCa"] = static (options, value) => options with { TlsCaFile = value },
        ["tlsCertificate"] = static (options, value) => options with { TlsCertificateFile = value },
        ["tlsKey"] = static (options, value) => options with { TlsKeyFile = value },
        ["tlsKeyPassword"] = static (options, value) => options with { TlsKeyPassword = value },
        ["tlsVerify"] = static (options, value) => options with { TlsVerify = Flag("tlsVerify", value) },
        ["connectTimeout"] = static (options, value) => options with { ConnectTimeout = TimeSpan.FromMilliseconds(Number("connectTimeout", value, 1, 3_600_000)) },
        ["keepAlive"] = static (options, value) => options with { KeepAlive = TimeSpan.FromSeconds(Number("keepAlive", value, 1, 3_600)) },
        ["deadAfter"] = static (options, value) => options with { DeadAfter = TimeSpan.FromSeconds(Number("deadAfter", value, 1, 3_600)) },
    }.ToFrozenDictionary(StringComparer.OrdinalIgnoreCase);

    public static NatsClientOptions Apply(NatsClientOptions options, string key, string value)
    {
        if (Keys.TryGetValue(key, out var apply))
        {
            return apply(options, value);
        }

        // What does not look like a key may be the rest of a password that has a comma in it.
        var name = key.Length > 2 && Array.TrueForAll(key.ToCharArray(), char.IsAsciiLetter) ? $"'{key}'" : "a key";
        throw new FormatException($"The connection string of NATS has {name} that is not known. Known are: {string.Join(", ", Keys.Keys.Order(StringComparer.OrdinalIgnoreCase))}.");
    }

    private static bool Flag(string key, string value) => value.ToUpperInvariant() switch
    {
        "TRUE" or "YES" or "1" or "ENABLED" => true,
        "FALSE" or "NO" or "0" or "DISABLED" => false,
        _ => throw new FormatException($"'{key}' in the connection string of NATS must be true or false."),
    };

    private static int Number(string key, string value, int least, int most) =>
        int.TryParse(value, NumberStyles.None, CultureInfo.InvariantCulture, out var number) && number >= least && number <= most
            ? number
            : throw new FormatException($"'{key}' in the connection string of NATS must be a whole number from {least} to {most}.");

    private static string Prefix(string value)
    {
        var isValid = value.Length <= ReplySlots.LongestInbox - NatsClient.InboxIdLength - 1 && !value.AsSpan().ContainsAnyExceptInRange('!', '~');
        try
        {
            NatsSubject.CheckLiteral(System.Text.Encoding.UTF8.GetBytes(value));
        }
        catch (ArgumentException)
        {
            isValid = false;
        }

        return isValid ? value : throw new FormatException("'inboxPrefix' in the connection string of NATS must be a short subject of printable ASCII characters, without wildcards, as '_INBOX_worker'.");
    }
}
