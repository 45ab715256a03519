namespace Jobs.Transport;

/// <summary>Judges whether a peer lives, at each tick. Receiving only sets a flag: that path takes no time stamps.</summary>
internal sealed class Liveness
{
    private readonly TransportOptions _options;
    private readonly TimeProvider _time;
    private long _checkedAt;
    private long _heardAt;
    private long _quietSince;
    private volatile bool _heard;

    public Liveness(TransportOptions options, TimeProvider time)
    {
        _options = options;
        _time = time;
        _checkedAt = _heardAt = _quietSince = time.GetTimestamp();
        Period = TimeSpan.FromTicks(Math.Min(options.KeepAlive.Ticks, options.DeadAfter.Ticks) / 4);
    }

    /// <summary>How often to check.</summary>
    public TimeSpan Period { get; }

    public bool IsDue => _time.GetElapsedTime(_checkedAt) >= Period;

    public void Heard() => _heard = true;

    /// <param name="isOwed">Whether the peer owes an answer.</param>
    public Sign Check(bool isOwed)
    {
        var now = _checkedAt = _time.GetTimestamp();
        if (_heard)
        {
            _heard = false;
            _heardAt = _quietSince = now;
        }

        if (isOwed)
        {
            return _time.GetElapsedTime(_quietSince, now) >= _options.DeadAfter ? Sign.Dead : Sign.Alive;
        }

        _quietSince = now;
        return _time.GetElapsedTime(_heardAt, now) >= _options.KeepAlive ? Sign.Ask : Sign.Alive;
    }
}
