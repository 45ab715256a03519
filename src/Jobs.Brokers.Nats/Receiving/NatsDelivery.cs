namespace Jobs.Brokers.Nats.Receiving;

/// <summary>A message of a stream in hand, and the subject of its acknowledgement.</summary>
internal sealed class NatsDelivery(NatsReceiver owner) : LeasedDelivery
{
    private byte[] _ackSubject = new byte[128];
    private int _ackLength;

    public NatsReceiver Owner => owner;

    /// <summary>Its number in the stream.</summary>
    public ulong Sequence { get; private set; }

    /// <summary>Where its acknowledgement goes; taken as it came.</summary>
    public ReadOnlySpan<byte> AckSubject => _ackSubject.AsSpan(0, _ackLength);

    /// <inheritdoc cref="Settling.AckSubjectOf{T}"/>
    public static ReadOnlySpan<byte> AckSubjectOf(NatsDelivery delivery, out int level)
    {
        level = delivery.Level;
        return delivery.AckSubject;
    }

    public override string Queue => owner.Queue;

    public override string BrokerMessageId => $"{owner.Stream}:{Sequence}";

    /// <summary>Begins a use with a copy of what the server sent.</summary>
    public void Begin(int level, ulong sequence, ReadOnlySpan<byte> ackSubject, ReadOnlySpan<byte> document, ReadOnlySpan<byte> state, int deliveries, LeaseEnd lease)
    {
        Sequence = sequence;
        if (_ackSubject.Length < ackSubject.Length)
        {
            _ackSubject = new byte[ackSubject.Length];
        }

        ackSubject.CopyTo(_ackSubject);
        _ackLength = ackSubject.Length;
        Begin(level, document, state, deliveries, lease);
    }
}
