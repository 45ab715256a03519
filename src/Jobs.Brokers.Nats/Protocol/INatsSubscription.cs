namespace Jobs.Brokers.Nats.Protocol;

/// <summary>A subscription, made again with each connection until it is disposed.</summary>
internal interface INatsSubscription : IDisposable
{
    string Subject { get; }
}
