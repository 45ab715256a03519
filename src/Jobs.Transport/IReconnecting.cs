namespace Jobs.Transport;

/// <summary>What a <see cref="Reconnector"/> keeps connected.</summary>
internal interface IReconnecting
{
    /// <summary>Connects, and stays until the connection has ended. Throws nothing.</summary>
    ConnectionEnd RunOnce();

    /// <summary>Ends a connection, and an attempt to connect; called by another thread.</summary>
    void Abort();
}
