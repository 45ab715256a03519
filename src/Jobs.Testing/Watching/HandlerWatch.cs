using Jobs.Running;

namespace Jobs.Testing.Watching;

/// <summary>Knows whether one run waits for the test's clock: it has set a timer that has not fired.</summary>
/// <remarks>Flows with the handler's calls, so every timer set inside it counts.</remarks>
internal sealed class HandlerWatch(JobRun run, ChangeSignal changes)
{
    private static readonly AsyncLocal<HandlerWatch?> Ambient = new();

    private readonly long _ticket = run.Ticket;
    private int _timers;
    private volatile bool _isGivenUpOn;

    /// <summary>The watch of the run whose code this is, or null.</summary>
    public static HandlerWatch? Current
    {
        get => Ambient.Value;
        set => Ambient.Value = value;
    }

    /// <summary>True while the slot still holds the run that is watched.</summary>
    public bool IsCurrent => run.IsSame(_ticket);

    public bool WaitsForClock => Volatile.Read(ref _timers) > 0 || _isGivenUpOn;

    public void Armed()
    {
        Interlocked.Increment(ref _timers);
        changes.Raise();
    }

    public void Disarmed()
    {
        Interlocked.Decrement(ref _timers);
        _isGivenUpOn = false;
        changes.Raise();
    }

    /// <summary>Takes the run for one that waits: for its token, or for something outside.</summary>
    /// <returns>False if it was taken for one before.</returns>
    public bool GiveUpOn()
    {
        var was = WaitsForClock;
        _isGivenUpOn = true;
        return !was;
    }
}
