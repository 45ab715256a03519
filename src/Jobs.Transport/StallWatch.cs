namespace Jobs.Transport;

/// <summary>Notices when the whole process has stood still: held, swapped out, moved to another machine. What is read after that may have waited as long.</summary>
/// <remarks>A thread of its own looks at the clock: timers of the pool are late already when the pool is busy. One for the process; safe for concurrent use.</remarks>
internal sealed class StallWatch
{
    private static readonly TimeSpan Period = TimeSpan.FromMilliseconds(100);

    /// <summary>A busy machine may hold up a thread for less.</summary>
    private static readonly TimeSpan Shortest = TimeSpan.FromMilliseconds(500);

    /// <summary>How long after a stall something may be read that came in before or during it.</summary>
    private static readonly TimeSpan Aftermath = TimeSpan.FromMilliseconds(500);

    private readonly TimeProvider _time;
    private readonly Lock _lock = new();
    private long _lastBeat;
    private long _stallBegan;
    private long _stallEnded;

    /// <param name="time">The clock; unless it is the system's, <see cref="Beat"/> is called by whoever moves it.</param>
    public StallWatch(TimeProvider time)
    {
        _time = time;
        _lastBeat = _stallBegan = _stallEnded = time.GetTimestamp();
    }

    /// <summary>The watch of this process.</summary>
    public static StallWatch Process { get; } = Start();

    /// <summary>The time from which on what is read now may have waited to be read: now, or when a stall began.</summary>
    /// <returns>A timestamp of the clock.</returns>
    public long EarliestArrival()
    {
        lock (_lock)
        {
            var now = _time.GetTimestamp();
            return _time.GetElapsedTime(_lastBeat, now) > Shortest ? _lastBeat
                : _stallEnded > _stallBegan && _time.GetElapsedTime(_stallEnded, now) < Aftermath ? _stallBegan
                : now;
        }
    }

    /// <summary>The process lives.</summary>
    public void Beat()
    {
        lock (_lock)
        {
            var now = _time.GetTimestamp();
            if (_time.GetElapsedTime(_lastBeat, now) > Shortest)
            {
                (_stallBegan, _stallEnded) = (_lastBeat, now);
            }

            _lastBeat = now;
        }
    }

    private static StallWatch Start()
    {
        var watch = new StallWatch(TimeProvider.System);
        new Thread(watch.Run) { IsBackground = true, Name = "jobs-stall-watch" }.UnsafeStart();
        return watch;
    }

    private void Run()
    {
        using var never = new ManualResetEvent(false);
        while (!never.WaitOne(Period))
        {
            Beat();
        }
    }
}
