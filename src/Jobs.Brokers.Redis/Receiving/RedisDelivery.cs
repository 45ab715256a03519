namespace Jobs.Brokers.Redis.Receiving;

/// <summary>A stream entry in hand.</summary>
internal sealed class RedisDelivery(RedisReceiver owner) : LeasedDelivery
{
    public RedisReceiver Owner => owner;

    public EntryId Entry { get; private set; }

    public override string Queue => owner.Queue;

    public override string BrokerMessageId => Entry.ToString();

    /// <summary>Begins a use with a copy of what the server sent.</summary>
    public void Begin(int level, EntryId entry, ReadOnlySpan<byte> document, ReadOnlySpan<byte> state, int deliveries, LeaseEnd lease)
    {
        Entry = entry;
        Begin(level, document, state, deliveries, lease);
    }
}
