namespace Jobs.Testing;

/// <summary>A clock that stands still until it is told to move.</summary>
/// <remarks>
/// <para>Timers fire in the order they are due (equal ones in the order they were set), on the thread that moves the clock,
/// each with the clock at the time it was due. What a callback throws comes out of <see cref="Advance"/>.</para>
/// <para>As with the system's clock, a timer set to be due at once fires on the thread pool without anybody moving the clock.</para>
/// <para>Safe for concurrent use; callbacks may move the clock too. Each call of <see cref="Advance"/> moves it by its own span.</para>
/// </remarks>
public sealed partial class FakeTimeProvider : TimeProvider
{
    private readonly Lock _lock = new();
    private readonly SortedSet<Timer> _timers = new(Timer.ByDue);
    private TimeZoneInfo _localTimeZone = TimeZoneInfo.Utc;
    private long _utcTicks;
    private long _sequence;

    /// <summary>Makes a clock that shows midnight of 1 January 2000, UTC.</summary>
    public FakeTimeProvider()
        : this(new DateTimeOffset(2000, 1, 1, 0, 0, 0, TimeSpan.Zero))
    {
    }

    /// <summary>Makes a clock.</summary>
    /// <param name="start">The time that it shows first.</param>
    public FakeTimeProvider(DateTimeOffset start) => _utcTicks = start.UtcTicks;

    /// <summary>When the earliest pending timer is due, or null if there is none.</summary>
    public DateTimeOffset? NextTimerDue
    {
        get
        {
            lock (_lock)
            {
                return _timers.Min is { } timer ? new DateTimeOffset(timer.Due, TimeSpan.Zero) : null;
            }
        }
    }

    /// <summary>The zone of <see cref="TimeProvider.GetLocalNow"/>.</summary>
    /// <value>Default UTC.</value>
    public override TimeZoneInfo LocalTimeZone => Volatile.Read(ref _localTimeZone);

    /// <summary>Ten million: a timestamp counts ticks of 100 ns.</summary>
    public override long TimestampFrequency => TimeSpan.TicksPerSecond;

    /// <inheritdoc/>
    public override DateTimeOffset GetUtcNow() => new(Volatile.Read(ref _utcTicks), TimeSpan.Zero);

    /// <inheritdoc/>
    public override long GetTimestamp() => Volatile.Read(ref _utcTicks);

    /// <summary>Changes the local time zone.</summary>
    public void SetLocalTimeZone(TimeZoneInfo localTimeZone)
    {
        ArgumentNullException.ThrowIfNull(localTimeZone);
        Volatile.Write(ref _localTimeZone, localTimeZone);
    }

    /// <summary>Moves the clock, firing the timers that come due on the way.</summary>
    /// <param name="delta">How far; zero fires what is due already.</param>
    /// <exception cref="ArgumentOutOfRangeException">The span is negative, or leads past the last time that can be shown.</exception>
    public void Advance(TimeSpan delta)
    {
        ArgumentOutOfRangeException.ThrowIfLessThan(delta, TimeSpan.Zero);
        var remaining = delta.Ticks;
        while (TakeDue(ref remaining) is { } timer)
        {
            timer.Fire();
        }
    }

    /// <summary>Moves the clock to a time, firing the timers that come due on the way.</summary>
    /// <exception cref="ArgumentOutOfRangeException">The time lies in the past: this clock never goes back.</exception>
    public void SetUtcNow(DateTimeOffset value)
    {
        var delta = value - GetUtcNow();
        ArgumentOutOfRangeException.ThrowIfLessThan(delta, TimeSpan.Zero, nameof(value));
        Advance(delta);
    }

    /// <inheritdoc/>
    /// <exception cref="ArgumentOutOfRangeException">A span is negative (but not infinite) or above 2³² − 2 ms, the limit of real timers.</exception>
    public override ITimer CreateTimer(TimerCallback callback, object? state, TimeSpan dueTime, TimeSpan period)
    {
        ArgumentNullException.ThrowIfNull(callback);
        var timer = new Timer(this, callback, state);
        timer.Change(dueTime, period);
        return timer;
    }

    /// <summary>When the earliest pending timer but this one is due, or null if there is no other.</summary>
    internal DateTimeOffset? NextDueExcept(ITimer? ignored)
    {
        lock (_lock)
        {
            foreach (var timer in _timers)
            {
                if (timer != ignored)
                {
                    return new DateTimeOffset(timer.Due, TimeSpan.Zero);
                }
            }

            return null;
        }
    }

    // Moves the clock to the next timer within reach, or by all that remains.
    private Timer? TakeDue(ref long remaining)
    {
        lock (_lock)
        {
            ArgumentOutOfRangeException.ThrowIfGreaterThan(remaining, DateTimeOffset.MaxValue.UtcTicks - _utcTicks, "delta");
            var next = _timers.Min;
            // Another thread may have moved the clock past a timer that it has yet to fire: never back.
            var step = next is null ? remaining : Math.Min(remaining, Math.Max(0, next.Due - _utcTicks));
            remaining -= step;
            Volatile.Write(ref _utcTicks, _utcTicks + step);
            if (next is null || next.Due > _utcTicks)
            {
                return null;
            }

            Unschedule(next);
            if (next.Period > 0)
            {
                Schedule(next, next.Due + next.Period);
            }

            return next;
        }
    }

    private void Schedule(Timer timer, long due)
    {
        timer.Due = due;
        timer.Sequence = ++_sequence;
        _timers.Add(timer);
        timer.Handler?.Armed();
    }

    private void Unschedule(Timer timer)
    {
        if (_timers.Remove(timer))
        {
            timer.Handler?.Disarmed();
        }
    }
}
