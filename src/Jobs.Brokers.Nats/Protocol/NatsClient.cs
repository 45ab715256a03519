using Microsoft.Extensions.Logging;

namespace Jobs.Brokers.Nats.Protocol;

/// <summary>A client of the NATS core protocol.</summary>
/// <remarks>https://docs.nats.io/reference/reference-protocols/nats-protocol</remarks>
internal sealed class NatsClient : INatsClient
{
    private NatsClient()
    {
    }

    public BrokerHealth Health => throw new NotImplementedException();

    public NatsServerInfo? Server => throw new NotImplementedException();

    public long Reconnects => throw new NotImplementedException();

    /// <summary>Makes a client, which begins to connect at once.</summary>
    public static INatsClient Open(NatsClientOptions options, TimeProvider time, ILogger logger) => new NatsClient();

    public ValueTask WaitConnectedAsync(CancellationToken cancellationToken) => throw new NotImplementedException();

    public void AddListener(IConnectionListener listener) => throw new NotImplementedException();

    public void RemoveListener(IConnectionListener listener) => throw new NotImplementedException();

    public void Publish(ReadOnlySpan<byte> subject, ReadOnlySpan<byte> replyTo, ReadOnlySpan<byte> headers, ReadOnlySpan<byte> payload) => throw new NotImplementedException();

    public ValueTask<HeldMessage> RequestAsync(ReadOnlySpan<byte> subject, ReadOnlySpan<byte> headers, ReadOnlySpan<byte> payload, TimeSpan timeout, CancellationToken cancellationToken) => throw new NotImplementedException();

    public NatsBatch RentBatch() => throw new NotImplementedException();

    public NatsException? TrySend(NatsBatch batch, TimeSpan timeout) => throw new NotImplementedException();

    public ValueTask WaitForRoomAsync(CancellationToken cancellationToken) => throw new NotImplementedException();

    public INatsSubscription Subscribe(string subject, IMessageHandler handler, string? queueGroup = null) => throw new NotImplementedException();

    public string NewInbox() => throw new NotImplementedException();

    public void NotifyAtReadEnd(IReadEnd waiting) => throw new NotImplementedException();

    public ValueTask FlushAsync(CancellationToken cancellationToken) => throw new NotImplementedException();

    public ValueTask DrainAsync(CancellationToken cancellationToken) => throw new NotImplementedException();

    public ValueTask DisposeAsync() => throw new NotImplementedException();
}
