namespace Jobs.Brokers;

/// <summary>Deliveries of one receiver that can be used again. Safe for concurrent use. For adapters.</summary>
/// <param name="make">Makes another one.</param>
internal sealed class DeliveryPool<TDelivery>(Func<TDelivery> make)
    where TDelivery : JobDelivery
{
    private const int Most = 2_048;

    private readonly Lock _lock = new();
    private readonly Stack<TDelivery> _free = new();

    public TDelivery Rent()
    {
        lock (_lock)
        {
            if (_free.TryPop(out var delivery))
            {
                return delivery;
            }
        }

        return make();
    }

    public void Return(TDelivery delivery)
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
