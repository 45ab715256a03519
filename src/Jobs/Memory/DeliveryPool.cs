namespace Jobs.Memory;

/// <summary>The delivery objects of a queue, idle and in hand. For use under <see cref="Lock"/>.</summary>
/// <remarks>Knows those in hand too, so that the search for passed leases needs no list of its own.</remarks>
internal sealed class DeliveryPool(MemoryQueue owner)
{
    // First in, first out, and never down to the last: a caller that wrongly uses a settled delivery meets an idle one.
    private const int LeastIdle = 64;
    private const int MostIdle = 4096;

    private readonly Ring<MemoryDelivery> _idle = new();
    private MemoryDelivery[] _all = new MemoryDelivery[LeastIdle * 2];
    private int _count;

    // Away from the lock of what waits: on one cache line, ending a job would hold up enqueueing the next.
    public Lock Lock { get; } = new();

    /// <summary>How many are with workers whose lease has not passed.</summary>
    public int InFlight { get; set; }

    /// <summary>Every delivery, in no order.</summary>
    public ReadOnlySpan<MemoryDelivery> All => _all.AsSpan(0, _count);

    public MemoryDelivery Rent() => _idle.Count > LeastIdle ? _idle.PopFront() : Add();

    public void Return(MemoryDelivery delivery)
    {
        if (_idle.Count < MostIdle)
        {
            _idle.PushBack(delivery);
        }
        else
        {
            Remove(delivery);
        }
    }

    /// <summary>Forgets a delivery that is in hand.</summary>
    public void Remove(MemoryDelivery delivery)
    {
        var last = _all[--_count];
        _all[delivery.Slot] = last;
        last.Slot = delivery.Slot;
        _all[_count] = null!;
    }

    private MemoryDelivery Add()
    {
        if (_count == _all.Length)
        {
            Array.Resize(ref _all, _count * 2);
        }

        var delivery = new MemoryDelivery(owner) { Slot = _count };
        _all[_count++] = delivery;
        return delivery;
    }
}
