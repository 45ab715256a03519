namespace Jobs.Tests.Scenarios;

/// <summary>The bench's clock as one node has it: it knows whether the node's stop waits for it.</summary>
internal sealed class NodeTime(TimeProvider inner, Changes changes) : TimeProvider
{
    private readonly AsyncLocal<bool> _isStop = new();
    private int _timersOfStop;

    /// <summary>True while the stop has set a timer that has not passed.</summary>
    public bool IsStopWaiting => Volatile.Read(ref _timersOfStop) > 0;

    public override TimeZoneInfo LocalTimeZone => inner.LocalTimeZone;

    public override long TimestampFrequency => inner.TimestampFrequency;

    public override DateTimeOffset GetUtcNow() => inner.GetUtcNow();

    public override long GetTimestamp() => inner.GetTimestamp();

    /// <summary>Runs the stop: the timers that it sets count.</summary>
    public async Task StopAsync(Func<Task> stop)
    {
        _isStop.Value = true;
        await stop();
        changes.Raise();
    }

    public override ITimer CreateTimer(TimerCallback callback, object? state, TimeSpan dueTime, TimeSpan period)
    {
        var timer = inner.CreateTimer(callback, state, dueTime, period);
        return _isStop.Value ? new TimerOfStop(this, timer) : timer;
    }

    private void Count(int timers)
    {
        Interlocked.Add(ref _timersOfStop, timers);
        changes.Raise();
    }

    private sealed class TimerOfStop : ITimer
    {
        private readonly NodeTime _time;
        private readonly ITimer _timer;
        private int _isDisposed;

        public TimerOfStop(NodeTime time, ITimer timer)
        {
            (_time, _timer) = (time, timer);
            time.Count(1);
        }

        public bool Change(TimeSpan dueTime, TimeSpan period) => _timer.Change(dueTime, period);

        public void Dispose()
        {
            _timer.Dispose();
            if (Interlocked.Exchange(ref _isDisposed, 1) == 0)
            {
                _time.Count(-1);
            }
        }

        public ValueTask DisposeAsync()
        {
            Dispose();
            return default;
        }
    }
}
