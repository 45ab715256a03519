namespace Jobs.Brokers.Nats.Protocol;

/// <summary>Hears what a connection has to say. Called by the thread that reads.</summary>
internal interface ILinkOwner
{
    /// <summary>The server has told of itself anew.</summary>
    void Informed(NatsServerInfo info);

    /// <summary>The connection has ended; the last call.</summary>
    /// <param name="cause">Why.</param>
    /// <param name="waiting">What was never written.</param>
    void Closed(Exception cause, IReadOnlyCollection<NatsBatch> waiting);
}
