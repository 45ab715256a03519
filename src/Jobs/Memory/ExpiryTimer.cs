using Jobs.Running;

namespace Jobs.Memory;

/// <summary>Remembers when entries of a store expire, and wakes the store for the next. Called under the store's lock.</summary>
internal sealed class ExpiryTimer : IDisposable
{
    // The wall clock may be set forward while a timer sleeps, so it never sleeps long.
    private static readonly TimeSpan LongestSleep = TimeSpan.FromMinutes(1);
    private static readonly TimeSpan ShortestSleep = TimeSpan.FromMilliseconds(1);

    private const int FewestBeforeCleaning = 1024;

    private readonly TimeProvider _time;
    private readonly ITimer _timer;
    private readonly PriorityQueue<(string Key, long Version), DateTimeOffset> _queue = new();
    private DateTimeOffset _armedFor = DateTimeOffset.MaxValue;
    private int _cleanAt = FewestBeforeCleaning;

    public ExpiryTimer(TimeProvider time, Action onTimer)
    {
        _time = time;

        // The store outlives whoever made it; it must not keep that caller's async-local values.
        using (CleanContext.Enter())
        {
            _timer = time.CreateTimer(static action => ((Action)action!)(), onTimer, Timeout.InfiniteTimeSpan, Timeout.InfiniteTimeSpan);
        }
    }

    /// <summary>Adds a written entry; <paramref name="isCurrent"/> tells whether one added earlier still counts.</summary>
    public void Add(string key, long version, DateTimeOffset until, Func<string, long, bool> isCurrent)
    {
        _queue.Enqueue((key, version), until);
        if (_queue.Count >= _cleanAt)
        {
            Clean(isCurrent);
        }

        Arm();
    }

    /// <summary>Hands out the keys whose time has come, and sleeps until the next.</summary>
    public void Expire(Action<string> expired)
    {
        var now = _time.GetUtcNow();
        while (_queue.TryPeek(out var entry, out var until) && until <= now)
        {
            _queue.Dequeue();
            expired(entry.Key);
        }

        _armedFor = DateTimeOffset.MaxValue;
        Arm();
    }

    public void Dispose() => _timer.Dispose();

    // A key renewed often leaves a trace each time; without this, memory would grow with the writes instead of the entries.
    private void Clean(Func<string, long, bool> isCurrent)
    {
        var kept = Array.FindAll([.. _queue.UnorderedItems], item => isCurrent(item.Element.Key, item.Element.Version));
        _queue.Clear();
        _queue.EnqueueRange(kept);
        _cleanAt = Math.Max(FewestBeforeCleaning, kept.Length * 2);
    }

    private void Arm()
    {
        if (!_queue.TryPeek(out _, out var until) || until >= _armedFor)
        {
            return;
        }

        var now = _time.GetUtcNow();
        var sleep = TimeSpan.FromMilliseconds(Math.Ceiling((until - now).TotalMilliseconds));
        sleep = sleep < ShortestSleep ? ShortestSleep : sleep > LongestSleep ? LongestSleep : sleep;
        _armedFor = now + sleep;
        _timer.Change(sleep, Timeout.InfiniteTimeSpan);
    }
}
