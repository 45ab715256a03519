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

    /// <summary>How many items stand here, cancelled ones included.</summary>
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
        var candidates = _occupied & mask;
        if (candidates == 0)
        {
            item = default;
            return false;
        }

        var lane = Choose(candidates);
        item = _lanes[lane].PopFront();
        Count--;
        if (_lanes[lane].Count == 0)
        {
            _occupied &= ~(1 << lane);
        }

        return true;
    }

    /// <summary>Since when the oldest item waits, going by the first of each lane.</summary>
    public DateTimeOffset? OldestSince()
    {
        DateTimeOffset? oldest = null;
        foreach (var lane in _lanes)
        {
            if (lane.Count > 0 && (oldest is null || lane.Front.Since < oldest))
            {
                oldest = lane.Front.Since;
            }
        }

        return oldest;
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
