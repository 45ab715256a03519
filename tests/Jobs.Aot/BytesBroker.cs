using System.Buffers;
using System.Collections.Concurrent;
using Jobs.Brokers;
using Jobs.Memory;
using Jobs.Messages;

namespace Jobs.Aot;

/// <summary>The memory broker, reached by bytes alone: every job is written when it is enqueued and read when it runs, as with a server between.</summary>
internal sealed class BytesBroker(TimeProvider time) : IJobBroker
{
    private readonly MemoryBroker _memory = new(time);
    private readonly ConcurrentDictionary<JobId, byte[]> _documents = new();

    public string Name => "bytes";

    public BrokerFeatures Features => _memory.Features;

    public BrokerHealth Health => _memory.Health;

    /// <summary>The document that a job travelled as.</summary>
    public ReadOnlyMemory<byte> DocumentOf(JobId id) => _documents[id];

    public ValueTask SendAsync(ReadOnlyMemory<JobMessage> messages, Memory<SendResult> results, CancellationToken cancellationToken)
    {
        for (var i = 0; i < messages.Length; i++)
        {
            var message = messages.Span[i];
            var document = new ArrayBufferWriter<byte>();
            message.WriteTo(document);
            _documents[message.Id] = document.WrittenSpan.ToArray();
            _memory.SendRaw(message.Queue, document.WrittenMemory);
            message.Release();
            results.Span[i] = SendResult.Accepted;
        }

        return default;
    }

    public ValueTask ProvisionAsync(BrokerTopology topology, ProvisionMode mode, CancellationToken cancellationToken) =>
        _memory.ProvisionAsync(topology, mode, cancellationToken);

    public ValueTask<IJobReceiver> OpenReceiverAsync(string queue, ReceiverOptions options, CancellationToken cancellationToken) =>
        _memory.OpenReceiverAsync(queue, options, cancellationToken);

    public ValueTask DisposeAsync() => _memory.DisposeAsync();
}
