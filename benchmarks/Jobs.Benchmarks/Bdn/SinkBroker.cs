using Jobs.Brokers;
using Jobs.Messages;

namespace Jobs.Benchmarks.Bdn;

/// <summary>Accepts every message at once, and gives it back to its pool, as a broker that has sent it does.</summary>
internal sealed class SinkBroker : IJobBroker
{
    public string Name => "sink";

    public BrokerFeatures Features { get; } = new() { MaxDocumentBytes = 1024 * 1024 };

    public BrokerHealth Health { get; } = new(BrokerStatus.Connected, default);

    public ValueTask SendAsync(ReadOnlyMemory<JobMessage> messages, Memory<SendResult> results, CancellationToken cancellationToken)
    {
        for (var i = 0; i < messages.Length; i++)
        {
            messages.Span[i].Release();
            results.Span[i] = SendResult.Accepted;
        }

        return default;
    }

    public ValueTask ProvisionAsync(BrokerTopology topology, ProvisionMode mode, CancellationToken cancellationToken) => default;

    public ValueTask<IJobReceiver> OpenReceiverAsync(string queue, ReceiverOptions options, CancellationToken cancellationToken) =>
        throw new NotSupportedException("Nothing comes out of a sink.");

    public ValueTask DisposeAsync() => default;
}
