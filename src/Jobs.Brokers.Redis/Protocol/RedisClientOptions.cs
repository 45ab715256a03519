using System.Net;
using System.Text;
using Jobs.Transport;

namespace Jobs.Brokers.Redis.Protocol;

/// <summary>Where a client connects, and how: what a connection string says.</summary>
internal sealed record RedisClientOptions
{
    /// <summary>The server; or several, of which the primary is used; or Sentinels, or nodes of a cluster to begin with.</summary>
    public IReadOnlyList<DnsEndPoint> Servers { get; init; } = [];

    public string? User { get; init; }

    public string? Password { get; init; }

    public int Database { get; init; }

    public string? ClientName { get; init; }

    /// <summary>The name under which Sentinels know the primary. If set, <see cref="Servers"/> are Sentinels.</summary>
    public string? ServiceName { get; init; }

    public string? SentinelUser { get; init; }

    public string? SentinelPassword { get; init; }

    public bool UseTls { get; init; }

    /// <summary>The name that the server's certificate must carry; null for the host that was dialed.</summary>
    public string? TlsHost { get; init; }

    public string? TlsCaFile { get; init; }

    public string? TlsCertificateFile { get; init; }

    public string? TlsKeyFile { get; init; }

    public string? TlsKeyPassword { get; init; }

    /// <summary>False to accept any certificate.</summary>
    public bool TlsVerify { get; init; } = true;

    /// <summary>3, falling back to 2 where the server knows only that; or 2.</summary>
    public int ProtocolVersion { get; init; } = 3;

    public TimeSpan ConnectTimeout { get; init; } = TimeSpan.FromSeconds(5);

    /// <summary>How long the server may be silent before it is sent a PING.</summary>
    public TimeSpan KeepAlive { get; init; } = TimeSpan.FromSeconds(5);

    /// <summary>How long a server that owes an answer may be silent before the connection is given up.</summary>
    public TimeSpan DeadAfter { get; init; } = TimeSpan.FromSeconds(10);

    /// <summary>How much longer than it was told a blocking read may take before its connection is given up.</summary>
    public TimeSpan BlockMargin { get; init; } = TimeSpan.FromSeconds(2);

    /// <summary>How many bytes of commands may wait to be sent; further commands wait outside.</summary>
    public int PendingLimit { get; init; } = 4 * 1024 * 1024;

    /// <summary>The longest reply in bytes.</summary>
    public int ReplyLimit { get; init; } = 512 * 1024 * 1024;

    /// <exception cref="FormatException">A part is not known, or not valid; the message names it, and never shows a password.</exception>
    public static RedisClientOptions Parse(string connectionString) => RedisConnectionString.Parse(connectionString);

    /// <summary>True if they lead to the same database.</summary>
    public bool IsOfDatabase(RedisClientOptions other) =>
        Database == other.Database && ServiceName == other.ServiceName && Servers.SequenceEqual(other.Servers);

    /// <summary>What the transport needs to know.</summary>
    public TransportOptions ToTransport() => new()
    {
        ConnectTimeout = ConnectTimeout,
        KeepAlive = KeepAlive,
        DeadAfter = DeadAfter,
        PendingLimit = PendingLimit,
        Tls = UseTls
            ? new TlsOptions { Host = TlsHost, CaFile = TlsCaFile, CertificateFile = TlsCertificateFile, KeyFile = TlsKeyFile, KeyPassword = TlsKeyPassword, Verify = TlsVerify }
            : null,
    };

    // Passwords must not get into a log by way of the text that a record makes of itself.
    private bool PrintMembers(StringBuilder text)
    {
        text.Append(nameof(Servers)).Append(" = ").AppendJoin(',', Servers.Select(static server => $"{server.Host}:{server.Port}"));
        return true;
    }
}
