using Jobs.Brokers.Nats.Protocol;
using Jobs.Brokers.Nats.Settling;

namespace Jobs.Brokers.Nats.Receiving;

/// <summary>A message of a stream in hand, and the subject of its acknowledgement.</summary>
internal sealed class NatsDelivery(NatsReceiver owner) : LeasedDelivery, IAckTarget
{
    private byte[] _ackSubject = new byte[128];
    private int _ackLength;

    public NatsReceiver Owner => owner;

    /// <inheritdoc/>
    public ulong Sequence { get; private set; }

    /// <summary>When the stream took it, in nanoseconds since 1970.</summary>
    public long StoredAt { get; private set; }

    /// <summary>Where its acknowledgement goes; taken as it came.</summary>
    public ReadOnlySpan<byte> AckSubject => _ackSubject.AsSpan(0, _ackLength);

    int IAckTarget.Consumer => Level;

    public override string Queue => owner.Queue;

    public override string BrokerMessageId => $"{owner.Stream}:{Sequence}";

    /// <summary>Begins a use with a copy of what the server sent.</summary>
    public void Begin(int level, in AckSubject ack, ReadOnlySpan<byte> ackSubject, ReadOnlySpan<byte> document, ReadOnlySpan<byte> state, LeaseEnd lease)
    {
        (Sequence, StoredAt) = (ack.StreamSequence, ack.Timestamp);
        if (_ackSubject.Length < ackSubject.Length)
        {
            _ackSubject = new byte[ackSubject.Length];
        }

        ackSubject.CopyTo(_ackSubject);
        _ackLength = ackSubject.Length;
        Begin(level, document, state, (int)Math.Min(ack.Delivered, int.MaxValue), lease);
    }
}
