namespace Jobs.Brokers.Nats.Protocol;

/// <summary>Wants to know of connections. Called by the thread that connects and reads, which must not be held up.</summary>
internal interface IConnectionListener
{
    /// <summary>There is a connection, and all subscriptions have been made on it: what is sent now comes after them.</summary>
    /// <param name="server">Who answers; it may be another one than before, of another version.</param>
    void OnConnected(NatsServerInfo server);

    /// <summary>The connection has ended. Its requests have failed already; no message comes until <see cref="OnConnected"/>.</summary>
    void OnDisconnected(Exception cause);
}
