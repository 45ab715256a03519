using Jobs.Brokers;
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

    // No lease ends before this timestamp; checked, not exact, so that renewing and settling need not touch it.
    private long _earliestLease = long.MaxValue;
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

    // Leases are elapsed time: a clock that is set forward must not take what runs for lost.
    private LeaseEnd EndOf(DateTimeOffset now, TimeSpan lease) => new(now + lease, _time.GetTimestamp() + _time.TimestampsOf(lease));

    private void WatchLease(long endsAt)
    {
        if (endsAt < _earliestLease)
        {
            _earliestLease = endsAt;
            ArmForLease();
        }
    }

    private void ArmForLease()
    {
        if (_earliestLease != long.MaxValue)
        {
            Arm(_time.GetUtcNow() + _time.GetElapsedTime(_time.GetTimestamp(), _earliestLease));
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

        if (_time.GetTimestamp() is var timestamp && timestamp >= _earliestLease)
        {
            ExpireLeases(timestamp);
        }

        _seen.Expire(now);
        _armedFor = DateTimeOffset.MaxValue;
        ArmForLease();
        Arm(_seen.Next);
        if (_delayed.TryPeek(out _, out var earliest))
        {
            Arm(earliest.Due);
        }
    }

    private void ExpireLeases(long now)
    {
        _earliestLease = long.MaxValue;
        lock (_deliveries.Lock)
        {
            foreach (var delivery in _deliveries.All)
            {
                if (delivery.State != DeliveryState.Leased)
                {
                    continue;
                }

                if (delivery.LeaseEndsAt > now)
                {
                    _earliestLease = Math.Min(_earliestLease, delivery.LeaseEndsAt);
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
