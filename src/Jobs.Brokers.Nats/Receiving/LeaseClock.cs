namespace Jobs.Brokers.Nats.Receiving;

/// <summary>When leases end, as far as this process can know. Safe for concurrent use.</summary>
/// <remarks>The server begins a lease when it sends the delivery and cannot be asked later who holds it, so this clock has the last word here:
/// it ends leases a little early, and those that came in while this process stood still end as if they had come in before.</remarks>
internal sealed class LeaseClock : IDisposable
{
    private const double Margin = 0.05;
    private const int BeatsMissed = 4;
    private static readonly TimeSpan LongestGrace = TimeSpan.FromSeconds(1);

    private readonly TimeSpan _lease;
    private readonly TimeProvider _time;
    private readonly TimeSpan _beat;
    private readonly ITimer _timer;
    private long _lastBeat;

    public LeaseClock(TimeSpan lease, TimeProvider time)
    {
        (_lease, _time) = (lease, time);
        _beat = lease / 10;
        _lastBeat = time.GetTimestamp();
        _timer = time.CreateTimer(static clock => ((LeaseClock)clock!).Beat(), this, _beat, _beat);
    }

    public TimeSpan Lease => _lease;

    /// <summary>How long after a reconnect nothing is asked for, so that whoever holds something can renew it.</summary>
    public TimeSpan Grace => _lease / 10 < LongestGrace ? _lease / 10 : LongestGrace;

    /// <summary>When a lease ends that was renewed by what was sent at a timestamp.</summary>
    public LeaseEnd EndOf(long begun) =>
        new(_time.GetUtcNow() - _time.GetElapsedTime(begun) + (_lease * (1 - Margin)), begun + ToTimestamp(_lease * (1 - Margin)));

    /// <summary>When the lease of a delivery ends that has just come in.</summary>
    public LeaseEnd EndOfArrived()
    {
        var now = _time.GetTimestamp();
        var beat = Interlocked.Read(ref _lastBeat);
        // If the clock has missed several beats this process may have stood still, and the delivery may have waited as long.
        return EndOf(_time.GetElapsedTime(beat, now) > _beat * BeatsMissed ? beat : now);
    }

    /// <summary>True if the lease may be somebody else's by now.</summary>
    public bool HasPassed(LeasedDelivery delivery) => _time.GetTimestamp() >= delivery.LeaseEndsAt;

    public void Dispose() => _timer.Dispose();

    private void Beat() => Interlocked.Exchange(ref _lastBeat, _time.GetTimestamp());

    private long ToTimestamp(TimeSpan span) => (long)(span.TotalSeconds * _time.TimestampFrequency);
}
