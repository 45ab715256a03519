namespace Jobs.Brokers.Conformance.Faults;

/// <summary>Faults before a broker with dead letters whose queues can be administered.</summary>
internal class FaultyFullBroker(IJobBroker inner, BrokerFaults faults, bool leaveOpen)
    : FaultyDeadLetterBroker((IDeadLetterQueue)inner, faults, leaveOpen), IQueueAdmin
{
    private readonly IQueueAdmin _admin = (IQueueAdmin)inner;

    public ValueTask<QueueDepth> GetDepthAsync(string queue, CancellationToken cancellationToken = default) =>
        _admin.GetDepthAsync(queue, cancellationToken);

    public ValueTask SetPausedAsync(string queue, bool paused, CancellationToken cancellationToken = default) =>
        _admin.SetPausedAsync(queue, paused, cancellationToken);

    public ValueTask<bool> IsPausedAsync(string queue, CancellationToken cancellationToken = default) =>
        _admin.IsPausedAsync(queue, cancellationToken);

    public ValueTask<long> PurgeAsync(string queue, CancellationToken cancellationToken = default) =>
        _admin.PurgeAsync(queue, cancellationToken);
}
