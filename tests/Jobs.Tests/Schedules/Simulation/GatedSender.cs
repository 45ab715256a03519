using Jobs.Brokers;
using Jobs.Memory;
using Jobs.Messages;

namespace Jobs.Tests.Schedules.Simulation;

/// <summary>The shared broker as one node reaches it.</summary>
internal sealed class GatedSender(MemoryBroker broker, NodeGate gate) : IJobSender
{
    public async ValueTask SendAsync(ReadOnlyMemory<JobMessage> messages, Memory<SendResult> results, CancellationToken cancellationToken)
    {
        await gate.PassAsync();
        await broker.SendAsync(messages, results, CancellationToken.None);
        await gate.PassAsync();
    }
}
