namespace Jobs.Brokers.Conformance.Servers;

/// <summary>How a <see cref="SqsServer"/> is started.</summary>
public sealed record SqsServerOptions
{
    /// <summary>True keeps what it has in its folder, so that a restart finds what was there; false is faster.</summary>
    /// <value>Default true.</value>
    public bool Persists { get; init; } = true;
}
