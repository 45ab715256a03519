namespace Jobs.Brokers.Nats.Receiving;

/// <summary>When leases end, as far as this process can know. Safe for concurrent use.</summary>
/// <remarks>The server begins a lease when it sends the delivery and cannot be asked later who holds it, so this clock has the last word here:
/// it ends leases a little early, and those that came in while this process stood still end as if they had come in before. While a server that
/// stands alone is away nobody can get what is held: leases that were valid then are valid until one lease after its return, and for as long
/// nobody takes a redelivery for one whose owner is gone.</remarks>
internal sealed class LeaseClock : IDisposable
{
    private const double Margin = 0.05;
    private const int BeatsMissed = 4;

    private readonly TimeSpan _lease;
    private readonly TimeProvider _time;
    private readonly TimeSpan _beat;
    private readonly ITimer _timer;
    private long _lastBeat;
    private string? _server;
    private long _lostAt = long.MaxValue;
    private long _guardedUntil = long.MinValue;

    public LeaseClock(TimeSpan lease, TimeProvider time)
    {
        (_lease, _time) = (lease, time);
        _beat = lease / 10;
        _lastBeat = time.GetTimestamp();
        _timer = time.CreateTimer(static clock => ((LeaseClock)clock!).Beat(), this, _beat, _beat);
    }

    public TimeSpan Lease => _lease;

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
    public bool HasPassed(LeasedDelivery delivery)
    {
        var now = _time.GetTimestamp();
        return now >= delivery.LeaseEndsAt && !(delivery.LeaseEndsAt >= Interlocked.Read(ref _lostAt) && now < Interlocked.Read(ref _guardedUntil));
    }

    /// <summary>True while redeliveries may be of what their owners still hold: the server came back a moment ago.</summary>
    public bool IsGuarded => _time.GetTimestamp() < Interlocked.Read(ref _guardedUntil);

    /// <summary>The connection has ended.</summary>
    public void Disconnected()
    {
        // A server that goes again while it is being waited for was lost when it went first.
        if (Interlocked.Read(ref _lostAt) == long.MaxValue || !IsGuarded)
        {
            Interlocked.Exchange(ref _lostAt, _time.GetTimestamp());
        }
    }

    /// <summary>There is a connection.</summary>
    /// <param name="server">To whom.</param>
    /// <param name="standsAlone">True if there are no others: another id then is the same server, started again.</param>
    public void Connected(string server, bool standsAlone)
    {
        if (_server is not null && _server != server && standsAlone)
        {
            Interlocked.Exchange(ref _guardedUntil, _time.GetTimestamp() + ToTimestamp(_lease));
        }
        else
        {
            Interlocked.Exchange(ref _lostAt, long.MaxValue);
        }

        _server = server;
    }

    public void Dispose() => _timer.Dispose();

    private void Beat() => Interlocked.Exchange(ref _lastBeat, _time.GetTimestamp());

    private long ToTimestamp(TimeSpan span) => (long)(span.TotalSeconds * _time.TimestampFrequency);
}
