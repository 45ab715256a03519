namespace Jobs.Brokers.Conformance.Servers;

/// <summary>How a <see cref="NatsServer"/> is started.</summary>
public sealed record NatsServerOptions
{
    /// <summary>True switches JetStream on; what it stores lies in the server's folder, and is there again after a restart.</summary>
    /// <value>Default true.</value>
    public bool JetStream { get; init; } = true;

    /// <summary>The user that clients must be.</summary>
    /// <value>Default none: anybody may connect.</value>
    public string? User { get; init; }

    /// <summary>The password of <see cref="User"/>.</summary>
    /// <value>Default none.</value>
    public string? Password { get; init; }

    /// <summary>The server's name; in a cluster each has its own.</summary>
    /// <value>Default one that it makes up.</value>
    public string? Name { get; init; }

    /// <summary>Further lines of the configuration file.</summary>
    public string Configuration { get; init; } = "";
}
