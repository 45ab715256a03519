using Jobs.Brokers;
using Jobs.Messages;

namespace Jobs.Tests.Hosting;

/// <summary>A broker that keeps what it was sent and answers as it is told.</summary>
internal class StubBroker : IJobBroker
{
    public string Name { get; init; } = "stub";

    public BrokerFeatures Features { get; set; } = new() { MaxDocumentBytes = 1_000_000 };

    public BrokerHealth Health { get; set; } = new(BrokerStatus.Connected, DateTimeOffset.UnixEpoch);

    /// <summary>What was accepted, in order.</summary>
    public List<JobMessage> Sent { get; } = [];

    /// <summary>How many messages each send had.</summary>
    public List<int> Sends { get; } = [];

    /// <summary>The answer to each message; default: accepted.</summary>
    public Func<JobMessage, SendResult> Answer { get; set; } = _ => SendResult.Accepted;

    /// <summary>Called by every send before it answers; a pending task makes the send asynchronous.</summary>
    public Func<CancellationToken, Task> Sending { get; set; } = _ => Task.CompletedTask;

    public Func<BrokerTopology, ProvisionMode, CancellationToken, ValueTask> Provision { get; set; } = (_, _, _) => default;

    public BrokerTopology? Topology { get; private set; }

    public async ValueTask SendAsync(ReadOnlyMemory<JobMessage> messages, Memory<SendResult> results, CancellationToken cancellationToken)
    {
        await Sending(cancellationToken);
        lock (Sent)
        {
            Sends.Add(messages.Length);
            for (var i = 0; i < messages.Length; i++)
            {
                results.Span[i] = Answer(messages.Span[i]);
                if (results.Span[i].Status == SendStatus.Accepted)
                {
                    Sent.Add(messages.Span[i]);
                }
            }
        }
    }

    public async ValueTask ProvisionAsync(BrokerTopology topology, ProvisionMode mode, CancellationToken cancellationToken)
    {
        await Provision(topology, mode, cancellationToken);
        Topology = topology;
    }

    public ValueTask<IJobReceiver> OpenReceiverAsync(string queue, ReceiverOptions options, CancellationToken cancellationToken) =>
        throw new NotSupportedException("The stub hands out nothing.");

    public ValueTask DisposeAsync() => default;
}
