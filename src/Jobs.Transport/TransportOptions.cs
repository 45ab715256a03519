namespace Jobs.Transport;

/// <summary>How a connection is made and watched.</summary>
internal sealed record TransportOptions
{
    /// <summary>Null for a connection that is not encrypted.</summary>
    public TlsOptions? Tls { get; init; }

    /// <summary>The longest time to dial, TLS and the protocol's greeting included.</summary>
    public TimeSpan ConnectTimeout { get; init; } = TimeSpan.FromSeconds(5);

    /// <summary>How long nothing may come before the peer is asked for a sign of life.</summary>
    public TimeSpan KeepAlive { get; init; } = TimeSpan.FromSeconds(5);

    /// <summary>How long nothing may come from a peer that owes an answer before it is given up.</summary>
    public TimeSpan DeadAfter { get; init; } = TimeSpan.FromSeconds(10);

    /// <summary>How many bytes may wait to be sent; whoever has more waits, too.</summary>
    public int PendingLimit { get; init; } = 4 * 1024 * 1024;
}
