namespace Jobs.Brokers.Sqs.Receiving;

/// <summary>The messages that were done last: SQS may hand one out again though it was deleted. Bounded; safe for concurrent use.</summary>
internal sealed class RecentMessages
{
    private const int Most = 16_384;

    private readonly Lock _lock = new();
    private readonly HashSet<MessageKey> _keys = [];
    private readonly Queue<MessageKey> _order = new();

    public void Add(MessageKey key)
    {
        lock (_lock)
        {
            if (!_keys.Add(key))
            {
                return;
            }

            _order.Enqueue(key);
            if (_order.Count > Most)
            {
                _keys.Remove(_order.Dequeue());
            }
        }
    }

    public bool Contains(MessageKey key)
    {
        lock (_lock)
        {
            return _keys.Contains(key);
        }
    }
}
