namespace Jobs.Brokers.Conformance.Faults;

/// <summary>Which way bytes go through a <see cref="TcpProxy"/>.</summary>
[Flags]
public enum ProxyDirection
{
    /// <summary>Neither.</summary>
    None = 0,

    /// <summary>What the client sends.</summary>
    ToServer = 1,

    /// <summary>What the server sends.</summary>
    ToClient = 2,

    /// <summary>Both.</summary>
    Both = ToServer | ToClient,
}
