namespace Jobs.Transport;

/// <summary>Lets a thread wait, in real time without any help; a clock that is not the system's ends the wait with its timer.</summary>
internal sealed class Pause(TimeProvider time)
{
    private readonly object _gate = new();
    private volatile bool _hasEnded;

    /// <summary>True once <see cref="End"/> was called.</summary>
    public bool HasEnded => _hasEnded;

    /// <summary>Waits, unless this wait and all further ones have been ended.</summary>
    public void Wait(TimeSpan duration)
    {
        if (duration <= TimeSpan.Zero)
        {
            return;
        }

        var started = time.GetTimestamp();
        using var timer = time == TimeProvider.System ? null
            : time.CreateTimer(static pause => ((Pause)pause!).Pulse(), this, duration, Timeout.InfiniteTimeSpan);
        lock (_gate)
        {
            while (!_hasEnded && duration - time.GetElapsedTime(started) is { Ticks: > 0 } rest)
            {
                Monitor.Wait(_gate, timer is null ? rest : Timeout.InfiniteTimeSpan);
            }
        }
    }

    /// <summary>Ends all waits.</summary>
    public void End()
    {
        _hasEnded = true;
        Pulse();
    }

    private void Pulse()
    {
        lock (_gate)
        {
            Monitor.PulseAll(_gate);
        }
    }
}
