namespace Jobs.Brokers.Conformance.Faults;

/// <summary>Faults before a broker whose queues can be administered.</summary>
internal sealed class FaultyAdminBroker(IQueueAdmin admin, BrokerFaults faults, bool leaveOpen) : FaultyBroker(admin, faults, leaveOpen), IQueueAdmin
{
    public ValueTask<QueueDepth> GetDepthAsync(string queue, CancellationToken cancellationToken = default) =>
        admin.GetDepthAsync(queue, cancellationToken);

    public ValueTask SetPausedAsync(string queue, bool paused, CancellationToken cancellationToken = default) =>
        admin.SetPausedAsync(queue, paused, cancellationToken);

    public ValueTask<bool> IsPausedAsync(string queue, CancellationToken cancellationToken = default) =>
        admin.IsPausedAsync(queue, cancellationToken);

    public ValueTask<long> PurgeAsync(string queue, CancellationToken cancellationToken = default) =>
        admin.PurgeAsync(queue, cancellationToken);
}
