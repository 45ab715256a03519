namespace Jobs.Memory;

/// <content>What tests do to a queue.</content>
internal sealed partial class MemoryQueue
{
    /// <summary>Takes a delivery from its worker, as if the lease had passed and another worker had asked first.</summary>
    public bool LoseLease(JobId id)
    {
        MemoryReceiver? woken;
        lock (_gate)
        {
            lock (_deliveries.Lock)
            {
                if (FindLeased(id) is not { } delivery)
                {
                    return false;
                }

                Expire(delivery);
                delivery.State = DeliveryState.Lost;
            }

            woken = HandOut(_time.GetUtcNow());
        }

        MemoryReceiver.Wake(woken);
        return true;
    }

    private MemoryDelivery? FindLeased(JobId id)
    {
        foreach (var delivery in _deliveries.All)
        {
            if (delivery is { State: DeliveryState.Leased, Message: { } message } && message.Id == id)
            {
                return delivery;
            }
        }

        return null;
    }
}
