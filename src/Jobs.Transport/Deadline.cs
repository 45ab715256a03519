namespace Jobs.Transport;

/// <summary>Closes what a thread waits for when its time is over: there is no other way to end a blocking call.</summary>
internal sealed class Deadline : IDisposable
{
    private readonly Lock _lock = new();
    private readonly ITimer _timer;
    private IDisposable? _guarded;

    public Deadline(TimeSpan timeout, TimeProvider time)
    {
        using (ExecutionContext.IsFlowSuppressed() ? default : ExecutionContext.SuppressFlow())
        {
            _timer = time.CreateTimer(static deadline => ((Deadline)deadline!).End(), this, timeout, Timeout.InfiniteTimeSpan);
        }
    }

    public bool HasPassed { get; private set; }

    /// <summary>Names what is closed when the time is over, in place of what was named before.</summary>
    public void Guard(IDisposable guarded)
    {
        lock (_lock)
        {
            _guarded = guarded;
            if (!HasPassed)
            {
                return;
            }
        }

        guarded.Dispose();
    }

    /// <summary>Ends the time now.</summary>
    public void End()
    {
        IDisposable? guarded;
        lock (_lock)
        {
            HasPassed = true;
            guarded = _guarded;
        }

        guarded?.Dispose();
    }

    /// <summary>Keeps open what was guarded.</summary>
    public void Dispose()
    {
        lock (_lock)
        {
            _guarded = null;
        }

        _timer.Dispose();
    }
}
