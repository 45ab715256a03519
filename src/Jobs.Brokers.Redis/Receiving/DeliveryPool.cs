namespace Jobs.Brokers.Redis.Receiving;

/// <summary>Deliveries of one receiver that can be used again. Safe for concurrent use.</summary>
internal sealed class DeliveryPool(RedisReceiver owner)
{
    private const int Most = 2_048;

    private readonly Lock _lock = new();
    private readonly Stack<RedisDelivery> _free = new();

    public RedisDelivery Rent()
    {
        lock (_lock)
        {
            if (_free.TryPop(out var delivery))
            {
                return delivery;
            }
        }

        return new RedisDelivery(owner);
    }

    public void Return(RedisDelivery delivery)
    {
        lock (_lock)
        {
            if (_free.Count < Most)
            {
                _free.Push(delivery);
            }
        }
    }
}
