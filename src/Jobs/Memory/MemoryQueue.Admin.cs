using System.Globalization;
using Jobs.Brokers;

namespace Jobs.Memory;

/// <content>Look, pause, purge, provision.</content>
internal sealed partial class MemoryQueue
{
    private const int AllLevels = 0b111;

    private QueueTopology? _topology;

    public bool IsPaused
    {
        get
        {
            lock (_gate)
            {
                return _isPaused;
            }
        }
    }

    /// <summary>Takes over a topology, unless the queue has one already.</summary>
    /// <returns>How the queue differs from what was asked for, or null.</returns>
    public string? Provision(QueueTopology topology)
    {
        lock (_gate)
        {
            if (_topology is null)
            {
                _topology = topology;
                _maxLength = topology.MaxLength ?? long.MaxValue;
                _waitsWhenFull = topology.WhenFull == QueueFullMode.Wait;
                _lanes.Offer(PriorityLanes.MaskOf(topology.Priorities));
            }
        }

        return Compare(topology);
    }

    /// <summary>How the queue differs from a topology, or null.</summary>
    public string? Compare(QueueTopology topology)
    {
        lock (_gate)
        {
            if (_topology is not { } own)
            {
                return $"queue '{Name}' was never provisioned";
            }

            if (own.MaxLength != topology.MaxLength)
            {
                return $"queue '{Name}' has MaxLength {Format(own.MaxLength)} instead of {Format(topology.MaxLength)}";
            }

            return PriorityLanes.MaskOf(own.Priorities) == PriorityLanes.MaskOf(topology.Priorities)
                ? null
                : $"queue '{Name}' has the priorities {string.Join(", ", own.Priorities)} instead of {string.Join(", ", topology.Priorities)}";
        }
    }

    public void Offer(int levels)
    {
        lock (_gate)
        {
            _lanes.Offer(levels);
        }
    }

    public QueueDepth GetDepth()
    {
        MemoryReceiver? woken = null;
        QueueDepth depth;
        lock (_gate)
        {
            var now = _time.GetUtcNow();
            if (now >= _armedFor && !_isClosed)
            {
                Sweep(now);
                woken = HandOut(now);
            }

            int inFlight;
            lock (_deliveries.Lock)
            {
                inFlight = _deliveries.InFlight;
            }

            var age = _lanes.OldestSince() is { } since && now > since ? now - since : TimeSpan.Zero;
            depth = new QueueDepth(_lanes.Count, inFlight, _delayed.Count, age);
        }

        MemoryReceiver.Wake(woken);
        return depth;
    }

    public void SetPaused(bool isPaused)
    {
        MemoryReceiver? woken;
        lock (_gate)
        {
            _isPaused = isPaused;
            woken = HandOut(_time.GetUtcNow());
        }

        MemoryReceiver.Wake(woken);
    }

    public long Purge()
    {
        lock (_gate)
        {
            var purged = (long)_lanes.Count + _delayed.Count;
            while (_lanes.TryPop(AllLevels, out var item))
            {
                Purge(item);
            }

            foreach (var (item, _) in _delayed.UnorderedItems)
            {
                Purge(item);
            }

            _delayed.Clear();
            SignalRoom();
            return purged;
        }
    }

    private static string Format(long? limit) => limit?.ToString(CultureInfo.InvariantCulture) ?? "none";

    private void Purge(QueuedItem item)
    {
        var message = item.Message;
        if (item.Redelivery is { } redelivery)
        {
            lock (_deliveries.Lock)
            {
                message = TakeOver(redelivery).Message;
            }
        }

        EndJob(message);
    }
}
