namespace Jobs.Brokers.Nats;

/// <summary>Settings of NATS as a broker and as a store: the configuration section <c>Jobs:Nats</c>.</summary>
/// <remarks>Read once, when the broker is made.</remarks>
public sealed class NatsBrokerOptions
{
    /// <summary>The configuration section.</summary>
    public const string SectionName = "Jobs:Nats";

    /// <summary>Where the servers are: <c>nats://host:port,host2:port</c>, or <c>host:port,user=…,password=…</c>; <c>tls://</c> insists on TLS.</summary>
    /// <value>Default null: <c>ConnectionStrings:jobs-nats</c>, else, for the broker, <c>ConnectionStrings:jobs</c>.</value>
    public string? ConnectionString { get; set; }

    /// <summary>How long an enqueue waits for a server that is away before its caller is told.</summary>
    /// <value>100 milliseconds to 2 minutes. Default 10 seconds.</value>
    public TimeSpan SendTimeout { get; set; } = TimeSpan.FromSeconds(10);

    /// <summary>How many servers of the cluster keep each stream. One that has more already keeps them.</summary>
    /// <value>1 to 5; odd numbers are sensible. Default 1.</value>
    public int Replicas { get; set; } = 1;

    /// <summary>How long an id is recognised after it was accepted; for twice a queue's lease at least. Each costs the server about 200 bytes that long.</summary>
    /// <value>2 minutes to 7 days. Default 2 minutes.</value>
    public TimeSpan DedupeWindow { get; set; } = TimeSpan.FromMinutes(2);

    /// <summary>The credentials of a user with a JWT (<c>.creds</c>). Read with each connection made.</summary>
    /// <value>A file. Default null.</value>
    public string? CredentialsFile { get; set; }

    /// <summary>The seed of a user with an NKey (<c>SU…</c>). Read with each connection made.</summary>
    /// <value>A file. Default null.</value>
    public string? NKeyFile { get; set; }

    /// <summary>The certificates (PEM) of the authorities that the server's certificate is checked against, instead of the machine's. Insists on TLS.</summary>
    /// <value>A file. Default null.</value>
    public string? CaFile { get; set; }

    /// <summary>The certificate (PEM, or PKCS #12 by its ending) that this client shows. Insists on TLS.</summary>
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
