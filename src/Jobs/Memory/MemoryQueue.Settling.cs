using Jobs.Brokers;
using Jobs.Messages;

namespace Jobs.Memory;

/// <content>The ends of deliveries.</content>
internal sealed partial class MemoryQueue
{
    public void Settle(ReadOnlySpan<Settlement> settlements, Span<SettleResult> results)
    {
        for (var i = 0; i < settlements.Length; i++)
        {
            ref readonly var settlement = ref settlements[i];
            results[i] = settlement is { Kind: SettleKind.Complete, Then: null or { Count: 0 } }
                ? Complete(settlement.Delivery, settlement.Generation)
                : Settle(in settlement);
        }
    }

    /// <summary>Completes a delivery that leaves nothing behind.</summary>
    public SettleResult Complete(JobDelivery delivery, int generation)
    {
        var own = Own(delivery);
        JobMessage? done = null;
        SettleResult result = default;
        bool needsGate;
        lock (_deliveries.Lock)
        {
            needsGate = own is { State: DeliveryState.Expired } or { Message.MayRepeat: true };
            if (!needsGate)
            {
                result = CompleteInHand(own, generation, out done);
            }
        }

        if (needsGate)
        {
            lock (_gate)
            {
                lock (_deliveries.Lock)
                {
                    result = CompleteInHand(own, generation, out done);
                }
            }
        }

        // Back to the pool outside the locks: what ran and succeeded needs its message no more.
        done?.Release();
        return result;
    }

    public void Renew(ReadOnlySpan<JobDelivery> deliveries, Span<SettleResult> results, TimeSpan lease)
    {
        var end = EndOf(_time.GetUtcNow(), lease);
        lock (_gate)
        {
            lock (_deliveries.Lock)
            {
                for (var i = 0; i < deliveries.Length; i++)
                {
                    results[i] = Renew(Own(deliveries[i]), end);
                }
            }
        }
    }

    // The delivery is taken out of the reach of others first, so that copies and documents are made outside the lock.
    private SettleResult Settle(in Settlement settlement)
    {
        var delivery = Own(settlement.Delivery);
        lock (_gate)
        {
            lock (_deliveries.Lock)
            {
                if (!TryBegin(delivery, settlement.Kind, settlement.Generation, out var result))
                {
                    return result;
                }
            }
        }

        try
        {
            switch (settlement.Kind)
            {
                case SettleKind.Complete when !_broker.TrySendThen(settlement.Then!, delivery.Message):
                    Abandon(delivery);
                    return SettleResult.Unknown;
                case SettleKind.Complete:
                    CompleteBegun(delivery);
                    return SettleResult.Ok;
                case SettleKind.DeadLetter:
                    Bury(delivery, in settlement);
                    return SettleResult.Ok;
                default:
                    Return(delivery, in settlement);
                    return SettleResult.Ok;
            }
        }
        catch
        {
            Abandon(delivery);
            throw;
        }
    }

    // True if the delivery is its caller's to end; it is then in state Settling.
    private bool TryBegin(MemoryDelivery delivery, SettleKind kind, int generation, out SettleResult result)
    {
        result = SettleResult.LeaseLost;
        if (generation != delivery.Generation)
        {
            return false;
        }

        switch (delivery.State)
        {
            case DeliveryState.Expired:
                Reclaim(delivery);
                goto case DeliveryState.Leased;
            case DeliveryState.Leased:
                delivery.State = DeliveryState.Settling;
                result = SettleResult.Ok;
                return true;
            case DeliveryState.Idle when delivery.SettledAs == kind:
                result = SettleResult.Ok;
                return false;
            default:
                return false;
        }
    }

    private SettleResult CompleteInHand(MemoryDelivery delivery, int generation, out JobMessage? done)
    {
        done = null;
        if (TryBegin(delivery, SettleKind.Complete, generation, out var result))
        {
            done = delivery.Message;
            EndJob(done);
            EndInHand(delivery, SettleKind.Complete);
        }

        return result;
    }

    private SettleResult Renew(MemoryDelivery delivery, LeaseEnd lease)
    {
        switch (delivery.State)
        {
            case DeliveryState.Expired:
                Reclaim(delivery);
                goto case DeliveryState.Leased;
            case DeliveryState.Leased:
                delivery.Extend(lease);
                WatchLease(lease.Timestamp);
                return SettleResult.Ok;
            case DeliveryState.Settling:
                return SettleResult.Ok;
            default:
                return SettleResult.LeaseLost;
        }
    }

    private void CompleteBegun(MemoryDelivery delivery)
    {
        var message = delivery.Message;
        lock (_gate)
        {
            EndJob(message);
            End(delivery, SettleKind.Complete);
        }

        message?.Release();
    }

    // Retry, defer, release. The old message is left to the collector: a run that did not succeed may still hold it.
    private void Return(MemoryDelivery delivery, in Settlement settlement)
    {
        var copy = delivery.Message?.WithState(settlement.NextState());
        MemoryReceiver? woken;
        lock (_gate)
        {
            var now = _time.GetUtcNow();
            var due = settlement.Kind == SettleKind.Release ? null : settlement.Due;
            var item = copy is null ? new QueuedItem(delivery.Raw!) : new QueuedItem(copy);
            var priority = copy?.Attributes.Priority ?? JobPriority.Normal;
            if (copy is { MayRepeat: true })
            {
                _seen.Advance(copy.Id, copy.State.Copy);
            }

            if (due > now)
            {
                Delay(item, due.Value);
            }
            else if (settlement.Kind == SettleKind.Release)
            {
                _lanes.PushFront(priority, item);
            }
            else
            {
                _lanes.PushBack(priority, item);
            }

            End(delivery, settlement.Kind);
            woken = HandOut(now);
        }

        MemoryReceiver.Wake(woken);
    }

    // Settling failed: the worker keeps the delivery until its lease passes.
    private void Abandon(MemoryDelivery delivery)
    {
        lock (_gate)
        {
            lock (_deliveries.Lock)
            {
                if (delivery.State == DeliveryState.Settling)
                {
                    delivery.State = DeliveryState.Leased;
                    WatchLease(delivery.LeaseEndsAt);
                }
            }
        }
    }

    private void EndJob(JobMessage? message)
    {
        if (message is { MayRepeat: true })
        {
            _seen.End(message.Id);
        }
    }

    private void End(MemoryDelivery delivery, SettleKind kind)
    {
        lock (_deliveries.Lock)
        {
            EndInHand(delivery, kind);
        }
    }

    private void EndInHand(MemoryDelivery delivery, SettleKind kind)
    {
        delivery.End(kind);
        _deliveries.Return(delivery);
        _deliveries.InFlight--;
    }

    private MemoryDelivery Own(JobDelivery delivery) =>
        delivery is MemoryDelivery own && own.Owner == this
            ? own
            : throw new ArgumentException($"The delivery is not one of queue '{Name}' of this memory broker.", nameof(delivery));
}
