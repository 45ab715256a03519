using Jobs.Brokers;
using Jobs.Messages;

namespace Jobs.Tests.Running;

/// <summary>A delivery that no broker made.</summary>
internal sealed class TestDelivery : JobDelivery
{
    public TestDelivery(JobMessage? message, int deliveries = 1, string queue = "default", string? decodeError = null)
    {
        Message = message;
        Deliveries = deliveries;
        Queue = queue;
        DecodeError = decodeError;
        Generation = 1;
    }

    public override string Queue { get; }

    public override string BrokerMessageId => Message?.DedupeId ?? "raw-1";

    /// <summary>What an adapter does that reuses the object for another message.</summary>
    public void Reuse(JobMessage? message)
    {
        Generation++;
        Message = message;
    }
}
