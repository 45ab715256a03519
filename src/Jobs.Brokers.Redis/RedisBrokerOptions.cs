namespace Jobs.Brokers.Redis;

/// <summary>Settings of Redis as broker and store: the configuration section <c>Jobs:Redis</c>.</summary>
/// <remarks>Read once, when the broker or the store is made.</remarks>
public sealed class RedisBrokerOptions
{
    /// <summary>The configuration section.</summary>
    public const string SectionName = "Jobs:Redis";

    /// <summary>Where the servers are: <c>host:port,password=…</c> as StackExchange.Redis writes it, or <c>redis://</c>, <c>rediss://</c>.</summary>
    /// <value>Default null: <c>ConnectionStrings:jobs-redis</c>, else, for the broker, <c>ConnectionStrings:jobs</c>.</value>
    public string? ConnectionString { get; set; }

    /// <summary>How long an enqueue waits for a server that is away before its caller is told.</summary>
    /// <value>100 milliseconds to 10 minutes. Default 10 seconds.</value>
    public TimeSpan SendTimeout { get; set; } = TimeSpan.FromSeconds(10);

    /// <summary>The largest document, in bytes.</summary>
    /// <value>1 KiB to 256 MiB. Default 16 MiB.</value>
    public int MaxDocumentBytes { get; set; } = 16 * 1024 * 1024;

    /// <summary>How long an id that the caller, or a parent job, chose is recognised after it was accepted. Each costs the server about 100 bytes that long.</summary>
    /// <value>1 second to 7 days. Default 1 hour.</value>
    public TimeSpan DedupeWindow { get; set; } = TimeSpan.FromHours(1);

    /// <summary>The certificates (PEM) of the authorities that the server's certificate is checked against, instead of the machine's.</summary>
    /// <value>A file. Default null.</value>
    public string? CaFile { get; set; }

    /// <summary>The certificate (PEM, or PKCS #12 by its ending) that this client shows.</summary>
    /// <value>A file. Default null.</value>
    public string? ClientCertificateFile { get; set; }

    /// <summary>The private key (PEM) of <see cref="ClientCertificateFile"/>.</summary>
    /// <value>A file. Default null: it is in the same file.</value>
    public string? ClientKeyFile { get; set; }

    /// <summary>The password of <see cref="ClientKeyFile"/>, or of a PKCS #12 file.</summary>
    /// <value>Default null: none.</value>
    public string? ClientKeyPassword { get; set; }

    /// <summary>True talks to any server that has any certificate. For tests only: it makes TLS worthless against an attacker.</summary>
    /// <value>Default false.</value>
    public bool AcceptAnyServerCertificate { get; set; }
}
