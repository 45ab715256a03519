namespace Jobs.Brokers.Nats.Protocol;

/// <summary>A subscription, made again with each connection until it is disposed.</summary>
internal interface INatsSubscription : IDisposable
{
    string Subject { get; }

    /// <summary>Asks for no more. What the server had sent before it knew still comes, until this is disposed.</summary>
    void Stop();
}
