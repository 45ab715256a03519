using System.Text;
using Jobs.Brokers.Sqs.Protocol;

namespace Jobs.Brokers.Sqs.Receiving;

/// <summary>A message of a queue in hand, and what SQS calls this receive of it.</summary>
internal sealed class SqsDelivery(SqsReceiver owner) : LeasedDelivery
{
    private byte[] _messageId = [];
    private volatile byte[] _handle = [];

    public SqsReceiver Owner => owner;

    public MessageKey Key { get; private set; }

    /// <summary>When SQS will renew it no more: a timestamp of the clock.</summary>
    public long LimitEndsAt { get; private set; }

    /// <summary>What its next renewal, or its end, is asked for with.</summary>
    public ReadOnlyMemory<byte> Handle => _handle;

    public override string Queue => owner.Queue;

    public override string BrokerMessageId => Encoding.UTF8.GetString(_messageId);

    /// <summary>Begins a use with a copy of what SQS sent.</summary>
    public void Begin(int level, MessageKey key, in SqsMessage message, ReadOnlySpan<byte> document, ReadOnlySpan<byte> state, int deliveries, LeaseEnd lease, long limitEndsAt)
    {
        (Key, LimitEndsAt) = (key, limitEndsAt);
        _messageId = Copy(message.MessageId.Span, _messageId);
        _handle = Copy(message.ReceiptHandle.Span, _handle);
        Begin(level, document, state, deliveries, lease);
    }

    /// <summary>SQS has handed it out a second time, here: only the newest handle counts.</summary>
    public void Adopt(ReadOnlySpan<byte> handle) => _handle = handle.ToArray();

    private static byte[] Copy(ReadOnlySpan<byte> source, byte[] target)
    {
        if (target.Length != source.Length)
        {
            return source.ToArray();
        }

        source.CopyTo(target);
        return target;
    }
}
