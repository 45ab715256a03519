namespace Jobs.Brokers;

/// <summary>How a broker is, in a word.</summary>
public enum BrokerStatus
{
    /// <summary>It answers.</summary>
    Connected,

    /// <summary>It is away; the adapter keeps trying.</summary>
    Reconnecting,

    /// <summary>It cannot work until someone mends something (credentials, permissions, another kind of server).</summary>
    Failed,
}
