using Jobs.Messages;

namespace Jobs.Brokers.Tests.Faults;

/// <summary>A broker with no capability at all. Passes calls to another one, if there is one.</summary>
internal sealed class BareBroker(IJobBroker? inner = null) : IJobBroker
{
    public string Name => Inner.Name;

    public BrokerFeatures Features => Inner.Features;

    public BrokerHealth Health => Inner.Health;

    private IJobBroker Inner => inner ?? throw new NotSupportedException();

    public ValueTask SendAsync(ReadOnlyMemory<JobMessage> messages, Memory<SendResult> results, CancellationToken cancellationToken) =>
        Inner.SendAsync(messages, results, cancellationToken);

    public ValueTask ProvisionAsync(BrokerTopology topology, ProvisionMode mode, CancellationToken cancellationToken) =>
        Inner.ProvisionAsync(topology, mode, cancellationToken);

    public ValueTask<IJobReceiver> OpenReceiverAsync(string queue, ReceiverOptions options, CancellationToken cancellationToken) =>
        Inner.OpenReceiverAsync(queue, options, cancellationToken);

    public ValueTask DisposeAsync() => inner?.DisposeAsync() ?? default;
}
