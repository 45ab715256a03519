namespace Jobs.Transport;

/// <summary>Closes what a thread waits for when its time is over: there is no other way to end a blocking call.</summary>
internal sealed class Deadline : IDisposable
{
    private readonly Lock _lock = new();
    private readonly ITimer _timer;
    private Action? _close;

    public Deadline(TimeSpan timeout, TimeProvider time)
    {
        using (ExecutionContext.IsFlowSuppressed() ? default : ExecutionContext.SuppressFlow())
        {
            _timer = time.CreateTimer(static deadline => ((Deadline)deadline!).End(), this, timeout, Timeout.InfiniteTimeSpan);
        }
    }

    public bool HasPassed { get; private set; }

    /// <summary>Says how to close what is waited for when the time is over, in place of what was said before.</summary>
    public void Guard(Action close)
    {
        lock (_lock)
        {
            _close = close;
            if (!HasPassed)
            {
                return;
            }
        }

        close();
    }

    /// <summary>Ends the time now.</summary>
    public void End()
    {
        Action? close;
        lock (_lock)
        {
            HasPassed = true;
            close = _close;
        }

        close?.Invoke();
    }

    /// <summary>Keeps open what was guarded.</summary>
    public void Dispose()
    {
        lock (_lock)
        {
            _close = null;
        }

        _timer.Dispose();
    }
}
