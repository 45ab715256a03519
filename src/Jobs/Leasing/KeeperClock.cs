namespace Jobs.Leasing;

/// <summary>Calls the keeper's tick: from a thread of its own in production, so that a starved pool loses no lease; from the
/// <see cref="TimeProvider"/>'s timer when that is not the system's, so that tests drive it.</summary>
internal sealed class KeeperClock : IDisposable
{
    private readonly Action _tick;
    private readonly ITimer? _timer;
    private readonly ManualResetEventSlim? _stop;
    private readonly Thread? _thread;

    /// <summary>The timer that drives it; null in production.</summary>
    public ITimer? Timer => _timer;

    public KeeperClock(Action tick, TimeSpan period, TimeProvider time)
    {
        _tick = tick;
        if (time != TimeProvider.System)
        {
            _timer = time.CreateTimer(static state => ((KeeperClock)state!)._tick(), this, period, period);
            return;
        }

        _stop = new ManualResetEventSlim();
        _thread = new Thread(() => Work(period)) { IsBackground = true, Name = "jobs-lease-keeper", Priority = ThreadPriority.AboveNormal };
        _thread.Start();
    }

    public void Dispose()
    {
        _timer?.Dispose();
        _stop?.Set();
        _thread?.Join();
        _stop?.Dispose();
    }

    private void Work(TimeSpan period)
    {
        while (!_stop!.Wait(period))
        {
            _tick();
        }
    }
}
