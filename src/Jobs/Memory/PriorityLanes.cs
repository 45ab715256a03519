using System.Numerics;

namespace Jobs.Memory;

/// <summary>The messages of a queue that can be delivered now, by priority. Not for concurrent use.</summary>
/// <remarks>Higher levels go first, except that one turn in four belongs to normal and one in sixteen to low: nothing starves.</remarks>
internal sealed class PriorityLanes
{
    private const int Levels = 3;

    private readonly Ring<QueuedItem>[] _lanes = [new(), new(), new()];
    private readonly byte[] _laneOf = new byte[Levels];
    private int _offered;
    private int _occupied;
    private uint _turn;

    public PriorityLanes() => Offer(1 << (int)JobPriority.Normal);

    /// <summary>How many items stand here; cancelled ones do not count.</summary>
    public int Count { get; private set; }

    public static int MaskOf(IReadOnlyList<JobPriority> priorities)
    {
        var mask = 0;
        foreach (var priority in priorities)
        {
            mask |= 1 << (int)priority;
        }

        return mask;
    }

    /// <summary>Adds levels. A message whose level is not offered takes the nearest below, else above.</summary>
    public void Offer(int mask)
    {
        _offered |= mask;
        for (var level = 0; level < Levels; level++)
        {
            var notAbove = _offered & ((2 << level) - 1);
            _laneOf[level] = (byte)(notAbove != 0 ? BitOperations.Log2((uint)notAbove) : BitOperations.TrailingZeroCount(_offered));
        }
    }

    public void PushBack(JobPriority priority, QueuedItem item)
    {
        var lane = _laneOf[(int)priority];
        _lanes[lane].PushBack(item);
        _occupied |= 1 << lane;
        Count++;
    }

    public void PushFront(JobPriority priority, QueuedItem item)
    {
        var lane = _laneOf[(int)priority];
        _lanes[lane].PushFront(item);
        _occupied |= 1 << lane;
        Count++;
    }

    /// <summary>Takes the next item of the levels in <paramref name="mask"/>.</summary>
    public bool TryPop(int mask, out QueuedItem item)
    {
        while ((_occupied & mask) is var candidates and not 0)
        {
            item = Pop(Choose(candidates));
            if (item.Redelivery is not { } redelivery)
            {
                Count--;
                return true;
            }

            redelivery.IsQueued = false;
            if (!redelivery.IsCancelled)
            {
                Count--;
                return true;
            }
        }

        item = default;
        return false;
    }

    /// <summary>Passes over an item that stands here.</summary>
    public void Cancel(Redelivery redelivery)
    {
        redelivery.IsCancelled = true;
        Count--;
    }

    /// <summary>Takes a cancellation back.</summary>
    public void Restore(Redelivery redelivery)
    {
        redelivery.IsCancelled = false;
        Count++;
    }

    /// <summary>Since when the oldest item waits, going by the first of each lane.</summary>
    public DateTimeOffset? OldestSince()
    {
        DateTimeOffset? oldest = null;
        for (var level = 0; level < Levels; level++)
        {
            var lane = _lanes[level];
            while (lane.Count > 0 && lane.Front.Redelivery is { IsCancelled: true } redelivery)
            {
                redelivery.IsQueued = false;
                Pop(level);
            }

            if (lane.Count > 0 && (oldest is null || lane.Front.Since < oldest))
            {
                oldest = lane.Front.Since;
            }
        }

        return oldest;
    }

    private QueuedItem Pop(int lane)
    {
        var item = _lanes[lane].PopFront();
        if (_lanes[lane].Count == 0)
        {
            _occupied &= ~(1 << lane);
        }

        return item;
    }

    private int Choose(int candidates)
    {
        var highest = BitOperations.Log2((uint)candidates);
        if (candidates == 1 << highest)
        {
            return highest;
        }

        _turn++;
        var favoured = _turn % 16 == 0 ? JobPriority.Low : _turn % 4 == 0 ? JobPriority.Normal : JobPriority.High;
        return (candidates & (1 << (int)favoured)) != 0 ? (int)favoured : highest;
    }
}
