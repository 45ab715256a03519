using Jobs.Testing;

namespace Jobs.Tests.Schedules.Simulation;

/// <summary>One node's clock: the simulation's, off by a skew, whose timers stand still while the node does.</summary>
internal sealed class NodeClock(FakeTimeProvider time, TimeSpan skew) : TimeProvider
{
    private readonly List<Action> _held = [];

    public bool IsFrozen { get; private set; }

    public bool IsDead { get; set; }

    public override long TimestampFrequency => time.TimestampFrequency;

    public override DateTimeOffset GetUtcNow() => time.GetUtcNow() + skew;

    public override long GetTimestamp() => time.GetTimestamp();

    public override ITimer CreateTimer(TimerCallback callback, object? state, TimeSpan dueTime, TimeSpan period) =>
        time.CreateTimer(_ => Fire(() => callback(state)), null, dueTime, period);

    public void Freeze() => IsFrozen = true;

    public void Thaw()
    {
        IsFrozen = false;
        var held = _held.ToArray();
        _held.Clear();
        foreach (var fire in held)
        {
            Fire(fire);
        }
    }

    private void Fire(Action callback)
    {
        if (IsFrozen)
        {
            _held.Add(callback);
        }
        else if (!IsDead)
        {
            callback();
        }
    }
}
