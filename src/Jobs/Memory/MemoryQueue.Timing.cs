using Jobs.Running;

namespace Jobs.Memory;

/// <content>Leases, delays, and the timer that drives both.</content>
internal sealed partial class MemoryQueue
{
    // The wall clock may be set forward while a timer sleeps, so it never sleeps long.
    private static readonly TimeSpan LongestSleep = TimeSpan.FromMinutes(1);
    private static readonly TimeSpan ShortestSleep = TimeSpan.FromMilliseconds(1);

    private const int DelayedKept = 16 * 1024;

    private readonly PriorityQueue<QueuedItem, (DateTimeOffset Due, long Order)> _delayed = new();
    private readonly ITimer _timer;
    private long _delayedOrder;

    // No lease ends before this; checked, not exact, so that renewing and settling need not touch it.
    private DateTimeOffset _earliestLease = DateTimeOffset.MaxValue;
    private DateTimeOffset _armedFor = DateTimeOffset.MaxValue;

    private ITimer CreateTimer()
    {
        // The queue outlives whoever touched it first; it must not keep that caller's async-local values.
        using (CleanContext.Enter())
        {
            return _time.CreateTimer(static queue => ((MemoryQueue)queue!).OnTimer(), this, Timeout.InfiniteTimeSpan, Timeout.InfiniteTimeSpan);
        }
    }

    private void OnTimer()
    {
        MemoryReceiver? woken;
        lock (_gate)
        {
            if (_isClosed)
            {
                return;
            }

            var now = _time.GetUtcNow();
            Sweep(now);
            woken = HandOut(now);
        }

        MemoryReceiver.Wake(woken);
    }

    private void Delay(QueuedItem item, DateTimeOffset due)
    {
        _delayed.Enqueue(item, (due, _delayedOrder++));
        Arm(due);
    }

    private void WatchLease(DateTimeOffset leaseUntil)
    {
        if (leaseUntil < _earliestLease)
        {
            _earliestLease = leaseUntil;
            Arm(leaseUntil);
        }
    }

    // Moves what is due to the lanes, takes back passed leases, forgets old ids, and sleeps until the next of these.
    private void Sweep(DateTimeOffset now)
    {
        while (_delayed.TryPeek(out _, out var next) && next.Due <= now)
        {
            var item = _delayed.Dequeue();
            _lanes.PushBack(item.Message?.Attributes.Priority ?? JobPriority.Normal, item);
        }

        if (_delayed.Count == 0)
        {
            _delayedOrder = 0;
            if (_delayed.EnsureCapacity(0) > DelayedKept)
            {
                _delayed.TrimExcess();
            }
        }

        if (now >= _earliestLease)
        {
            ExpireLeases(now);
        }

        _seen.Expire(now);
        _armedFor = DateTimeOffset.MaxValue;
        Arm(_earliestLease);
        Arm(_seen.Next);
        if (_delayed.TryPeek(out _, out var earliest))
        {
            Arm(earliest.Due);
        }
    }

    private void ExpireLeases(DateTimeOffset now)
    {
        _earliestLease = DateTimeOffset.MaxValue;
        lock (_deliveries.Lock)
        {
            foreach (var delivery in _deliveries.All)
            {
                if (delivery.State != DeliveryState.Leased)
                {
                    continue;
                }

                if (delivery.LeaseUntil > now)
                {
                    _earliestLease = delivery.LeaseUntil < _earliestLease ? delivery.LeaseUntil : _earliestLease;
                }
                else
                {
                    Expire(delivery);
                }
            }
        }
    }

    private void Expire(MemoryDelivery delivery)
    {
        delivery.State = DeliveryState.Expired;
        _deliveries.InFlight--;
        if (delivery.Redelivery is { IsQueued: true } redelivery)
        {
            _lanes.Restore(redelivery);
            return;
        }

        delivery.Redelivery = new Redelivery(delivery);
        _lanes.PushFront(delivery.Message?.Attributes.Priority ?? JobPriority.Normal, new QueuedItem(delivery.Redelivery));
    }

    // The worker came back before anyone else had its delivery.
    private void Reclaim(MemoryDelivery delivery)
    {
        _lanes.Cancel(delivery.Redelivery!);
        _deliveries.InFlight++;
    }

    private void Arm(DateTimeOffset at)
    {
        if (at >= _armedFor || _isClosed)
        {
            return;
        }

        var now = _time.GetUtcNow();
        var sleep = TimeSpan.FromMilliseconds(Math.Ceiling((at - now).TotalMilliseconds));
        sleep = sleep < ShortestSleep ? ShortestSleep : sleep > LongestSleep ? LongestSleep : sleep;
        _armedFor = now + sleep;
        _timer.Change(sleep, Timeout.InfiniteTimeSpan);
    }
}
