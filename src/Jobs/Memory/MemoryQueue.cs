using Jobs.Brokers;
using Jobs.Messages;
using Microsoft.Extensions.Logging;

namespace Jobs.Memory;

/// <summary>One queue: what waits, what is delayed, what is in hand, what died.</summary>
/// <remarks>
/// <para>1. All state is behind two locks, held briefly: encoding, user code and waking workers happen outside. The gate guards what
/// waits, the pool's lock what is in hand; who needs both takes the gate first. So completing does not hold up enqueueing.</para>
/// <para>2. A message is in exactly one place: a lane, the delayed heap, a delivery, or the dead letters.</para>
/// <para>3. One timer, armed for the earliest lease, due time or forgotten id; a receive that comes later than it does its work.</para>
/// </remarks>
internal sealed partial class MemoryQueue
{
    private const int MostAtOnce = 64;

    private readonly Lock _gate = new();
    private readonly MemoryBroker _broker;
    private readonly TimeProvider _time;
    private readonly ILogger _logger;
    private readonly MemoryBrokerOptions _options;
    private readonly PriorityLanes _lanes = new();
    private readonly DeliveryPool _deliveries;
    private readonly DedupeWindow _seen;
    private readonly List<MemoryReceiver> _waiting = [];
    private long _maxLength = long.MaxValue;
    private bool _isPaused;
    private bool _waitsWhenFull;
    private TaskCompletionSource? _room;
    private bool _isClosed;

    public MemoryQueue(string name, MemoryBroker broker, TimeProvider time, MemoryBrokerOptions options, ILogger logger)
    {
        Name = name;
        _broker = broker;
        _time = time;
        _options = options;
        _logger = logger;
        _seen = new DedupeWindow(options.DedupeWindow);
        _deliveries = new DeliveryPool(this);
        _dead = new DeadLetterList(options.MaxDeadLetters);
        _timer = CreateTimer();
    }

    public string Name { get; }

    // Half: a producer that was woken for each single place would cost more than the place is worth.
    private bool HasRoom => _lanes.Count + _delayed.Count <= _maxLength / 2;

    /// <summary>Takes a message that the caller has made safe to keep.</summary>
    public SendResult Enqueue(JobMessage message, bool isLimited)
    {
        MemoryReceiver? woken = null;
        lock (_gate)
        {
            if (_isClosed)
            {
                return new SendResult(SendStatus.Failed, new ObjectDisposedException(nameof(MemoryBroker)));
            }

            // Delayed messages wait as well: a limit that did not count them would not bound memory.
            if (isLimited && _lanes.Count + _delayed.Count >= _maxLength)
            {
                return new SendResult(SendStatus.QueueFull);
            }

            var copy = message.State.Copy;
            if (message.MayRepeat || copy > 0)
            {
                if (!_seen.TryAdd(message.Id, copy, _time.GetUtcNow()))
                {
                    return new SendResult(SendStatus.Duplicate);
                }

                message.MayRepeat = true;
                Arm(_seen.Next);
            }

            Place(message);
            if (_waiting.Count > 0)
            {
                woken = HandOut(_time.GetUtcNow());
            }
        }

        MemoryReceiver.Wake(woken);
        return SendResult.Accepted;
    }

    /// <summary>Waits until a full queue has room for more than a few; null if it refuses instead.</summary>
    public Task? WaitForRoom()
    {
        lock (_gate)
        {
            return !_waitsWhenFull || _isClosed
                ? null
                : HasRoom
                    ? Task.CompletedTask
                    : (_room ??= new TaskCompletionSource(TaskCreationOptions.RunContinuationsAsynchronously)).Task;
        }
    }

    /// <summary>Takes bytes that are no job document.</summary>
    public void EnqueueRaw(RawMessage raw)
    {
        MemoryReceiver? woken;
        lock (_gate)
        {
            ObjectDisposedException.ThrowIf(_isClosed, typeof(MemoryBroker));
            _lanes.PushBack(JobPriority.Normal, new QueuedItem(raw));
            woken = HandOut(_time.GetUtcNow());
        }

        MemoryReceiver.Wake(woken);
    }

    /// <summary>Fills the buffer of a receiver; -1 if there is nothing and the receiver now waits.</summary>
    public int Receive(MemoryReceiver receiver, Memory<JobDelivery> buffer, bool wait)
    {
        MemoryReceiver? woken = null;
        int received;
        var now = _time.GetUtcNow();
        lock (_gate)
        {
            if (receiver.IsStopped || _isClosed)
            {
                return 0;
            }

            if (now >= _armedFor)
            {
                Sweep(now);
                woken = HandOut(now);
            }

            received = Fill(buffer.Span, receiver, now);
            if (received == 0 && wait)
            {
                receiver.Park(buffer);
                _waiting.Add(receiver);
                received = -1;
            }
        }

        MemoryReceiver.Wake(woken);
        for (var more = received; more == MostAtOnce && received < buffer.Length; received += more)
        {
            lock (_gate)
            {
                more = receiver.IsStopped || _isClosed ? 0 : Fill(buffer.Span[received..], receiver, now);
            }
        }

        return received;
    }

    /// <summary>True while a receiver waits and nobody has woken it.</summary>
    public bool IsParked(MemoryReceiver receiver)
    {
        lock (_gate)
        {
            return _waiting.Contains(receiver);
        }
    }

    /// <summary>Ends the wait of a receiver. False if it does not wait (any more).</summary>
    public bool Unpark(MemoryReceiver receiver)
    {
        lock (_gate)
        {
            return _waiting.Remove(receiver);
        }
    }

    /// <summary>Ends receiving; true if the receiver was waiting.</summary>
    public bool Stop(MemoryReceiver receiver)
    {
        lock (_gate)
        {
            receiver.IsStopped = true;
            return _waiting.Remove(receiver);
        }
    }

    public void Close()
    {
        MemoryReceiver[] waiting;
        lock (_gate)
        {
            _isClosed = true;
            _room?.TrySetResult();
            waiting = [.. _waiting];
            _waiting.Clear();
        }

        _timer.Dispose();
        foreach (var receiver in waiting)
        {
            receiver.IsStopped = true;
            receiver.Arrived(0);
            MemoryReceiver.Wake(receiver);
        }
    }

    private void SignalRoom()
    {
        if (_room is { } room && HasRoom)
        {
            _room = null;
            room.TrySetResult();
        }
    }

    // Puts a message where it belongs: the clock is read only for one that has a due time.
    private void Place(JobMessage message)
    {
        if (message.EffectiveDue is { } due && due > _time.GetUtcNow())
        {
            Delay(new QueuedItem(message), due);
        }
        else
        {
            _lanes.PushBack(message.Attributes.Priority, new QueuedItem(message));
        }
    }

    // Serves waiting receivers in the order they came; returns those to wake once the lock is left.
    private MemoryReceiver? HandOut(DateTimeOffset now)
    {
        MemoryReceiver? woken = null;
        for (var i = 0; i < _waiting.Count && _lanes.Count > 0;)
        {
            var receiver = _waiting[i];
            var received = Fill(receiver.Buffer.Span, receiver, now);
            if (received == 0)
            {
                i++;
                continue;
            }

            _waiting.RemoveAt(i);
            receiver.Arrived(received);
            receiver.NextToWake = woken;
            woken = receiver;
        }

        return woken;
    }

    private int Fill(Span<JobDelivery> buffer, MemoryReceiver receiver, DateTimeOffset now)
    {
        if (_isPaused || _lanes.Count == 0)
        {
            return 0;
        }

        // Not more at a time: whoever enqueues waits for the lock meanwhile.
        buffer = buffer[..Math.Min(buffer.Length, MostAtOnce)];
        var lease = EndOf(now, receiver.Lease);
        var count = 0;
        lock (_deliveries.Lock)
        {
            while (count < buffer.Length && _lanes.TryPop(receiver.Levels, out var item))
            {
                buffer[count++] = Begin(in item, lease);
            }

            _deliveries.InFlight += count;
        }

        if (count > 0)
        {
            WatchLease(lease.Timestamp);
            SignalRoom();
        }

        return count;
    }

    private MemoryDelivery Begin(in QueuedItem item, LeaseEnd lease)
    {
        if (item.Message is { } message)
        {
            return Begin(message, null, 1, lease);
        }

        if (item.Raw is { } raw)
        {
            return Begin(null, raw, 1, lease);
        }

        // The former worker may still read its message, so the next one gets a copy.
        var previous = TakeOver(item.Redelivery!);
        return Begin(previous.Message?.WithState(previous.Message.State), previous.Raw, previous.Deliveries + 1, lease);
    }

    private MemoryDelivery Begin(JobMessage? message, RawMessage? raw, int deliveries, LeaseEnd lease)
    {
        var delivery = _deliveries.Rent();
        delivery.Begin(message, raw, deliveries, lease);
        return delivery;
    }

    // The former worker may hold its delivery for ever, so the object is never reused.
    private MemoryDelivery TakeOver(Redelivery redelivery)
    {
        redelivery.Previous.State = DeliveryState.Lost;
        _deliveries.Remove(redelivery.Previous);
        return redelivery.Previous;
    }
}
