using Jobs.Brokers;
using Jobs.Messages;

namespace Jobs.Enqueueing;

/// <summary>Places for messages and what became of them. Those for one message are kept per thread, so that an enqueue allocates none.</summary>
internal sealed class SendSlot(int capacity)
{
    [ThreadStatic]
    private static SendSlot? _cached;

    public JobMessage[] Messages { get; } = new JobMessage[capacity];

    public SendResult[] Results { get; } = new SendResult[capacity];

    /// <summary>A slot for one message.</summary>
    public static SendSlot Rent()
    {
        var slot = _cached ?? new SendSlot(1);
        _cached = null;
        return slot;
    }

    /// <summary>Gives a slot for one message back; not after an error, when a sender may still write to it.</summary>
    public void Return()
    {
        Messages[0] = null!;
        Results[0] = default;
        _cached = this;
    }
}
