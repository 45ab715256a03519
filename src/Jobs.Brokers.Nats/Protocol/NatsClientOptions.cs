using System.Net;
using System.Text;
using Jobs.Transport;

namespace Jobs.Brokers.Nats.Protocol;

/// <summary>Where a client connects, and how: what a connection string says.</summary>
internal sealed record NatsClientOptions
{
    /// <summary>Servers to begin with; those that they name are tried, too.</summary>
    public IReadOnlyList<DnsEndPoint> Servers { get; init; } = [];

    /// <summary>False to stay with <see cref="Servers"/>, whatever others the cluster has.</summary>
    public bool UseGossip { get; init; } = true;

    public string? User { get; init; }

    public string? Password { get; init; }

    public string? Token { get; init; }

    /// <summary>A file with the seed of an NKey (<c>SU…</c>). Read with each connection made.</summary>
    public string? NKeyFile { get; init; }

    /// <summary>A credentials file: a user's JWT and seed. Read with each connection made.</summary>
    public string? CredentialsFile { get; init; }

    /// <summary>How the client is called in the server's lists.</summary>
    public string? ClientName { get; init; }

    /// <summary>What the subjects of replies begin with; the user must be allowed to subscribe to <c>{prefix}.&gt;</c>.</summary>
    public string InboxPrefix { get; init; } = "_INBOX";

    /// <summary>True insists on TLS, as any other setting for it does; without one TLS is used where the server requires it.</summary>
    public bool UseTls { get; init; }

    /// <summary>True for servers that expect TLS before they say anything (<c>handshake_first</c>).</summary>
    public bool IsTlsFirst { get; init; }

    /// <summary>The name that the server's certificate must carry; null for the host that was dialed.</summary>
    public string? TlsHost { get; init; }

    public string? TlsCaFile { get; init; }

    public string? TlsCertificateFile { get; init; }

    public string? TlsKeyFile { get; init; }

    public string? TlsKeyPassword { get; init; }

    /// <summary>False to accept any certificate.</summary>
    public bool TlsVerify { get; init; } = true;

    public TimeSpan ConnectTimeout { get; init; } = TimeSpan.FromSeconds(5);

    /// <summary>How long the server may be silent before it is sent a PING. A dead one is noticed within 20 s.</summary>
    public TimeSpan KeepAlive { get; init; } = TimeSpan.FromSeconds(8);

    /// <summary>How long it may owe the PONG before the connection is given up.</summary>
    public TimeSpan DeadAfter { get; init; } = TimeSpan.FromSeconds(8);

    /// <summary>How long requests under way are waited for when the connection is left on purpose.</summary>
    public TimeSpan DrainTimeout { get; init; } = TimeSpan.FromSeconds(5);

    /// <summary>How many bytes may wait to be sent, and as many again on their way.</summary>
    public int PendingLimit { get; init; } = 4 * 1024 * 1024;

    /// <summary>The largest message that is taken from a server.</summary>
    public int MessageLimit { get; init; } = 64 * 1024 * 1024;

    /// <summary>Whether a connection without TLS is out of the question.</summary>
    public bool RequiresTls => UseTls || IsTlsFirst || TlsHost is not null || TlsCaFile is not null || TlsCertificateFile is not null;

    /// <exception cref="FormatException">A part is not known, or not valid; the message names it, and never shows a password.</exception>
    public static NatsClientOptions Parse(string connectionString) => NatsConnectionString.Parse(connectionString);

    /// <summary>What the transport needs to know. TLS is begun by the greeting.</summary>
    public TransportOptions ToTransport() => new() { ConnectTimeout = ConnectTimeout, KeepAlive = KeepAlive, DeadAfter = DeadAfter, PendingLimit = PendingLimit };

    /// <param name="host">The name that the certificate must carry unless the options have another one.</param>
    public TlsOptions ToTls(string host) => new() { Host = TlsHost ?? host, CaFile = TlsCaFile, CertificateFile = TlsCertificateFile, KeyFile = TlsKeyFile, KeyPassword = TlsKeyPassword, Verify = TlsVerify };

    // Passwords must not get into a log by way of the text that a record makes of itself.
    private bool PrintMembers(StringBuilder text)
    {
        text.Append(nameof(Servers)).Append(" = ").AppendJoin(',', Servers.Select(static server => $"{server.Host}:{server.Port}"));
        return true;
    }
}
