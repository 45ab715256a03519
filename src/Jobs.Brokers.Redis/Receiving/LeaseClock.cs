namespace Jobs.Brokers.Redis.Receiving;

/// <summary>When leases end, and when those of others may be taken for passed. Safe for concurrent use.</summary>
/// <remarks>The server counts the time that it was down as idle time, so that after an outage every lease seems to have passed: for one
/// lease after a reconnect, or after the server's own start, nothing is taken over, and workers that live renew what they hold.</remarks>
internal sealed class LeaseClock(TimeSpan lease, TimeProvider time)
{
    private readonly Lock _lock = new();
    private long? _reconnects;
    private long _trustedFrom;
    private long _nextLook = time.GetTimestamp();

    public TimeSpan Lease => lease;

    /// <summary>How long the server may keep a read waiting: short enough to look after leases in between.</summary>
    public TimeSpan Block { get; } = Least(TimeSpan.FromSeconds(2), lease / 6);

    /// <summary>How often leases of others are looked at.</summary>
    public TimeSpan LookPeriod { get; } = Least(TimeSpan.FromSeconds(5), lease / 6);

    /// <summary>When a lease ends that began at a timestamp.</summary>
    public LeaseEnd EndOf(long begun) => new(time.GetUtcNow() - time.GetElapsedTime(begun) + lease, begun + ToTimestamp(lease));

    /// <summary>True if the lease may have passed: a tenth of it is left for the way there and for clocks that differ in speed.</summary>
    public bool MayHavePassed(RedisDelivery delivery) => time.GetTimestamp() + ToTimestamp(lease / 10) >= delivery.LeaseEndsAt;

    /// <summary>Notes how long the server has been up, once per connection made.</summary>
    public void Connected(long reconnects, TimeSpan serverUptime)
    {
        lock (_lock)
        {
            // The first connection says nothing about leases, unless the server has just been started.
            var wait = _reconnects is null ? lease - serverUptime : lease;
            if (_reconnects != reconnects && wait > TimeSpan.Zero)
            {
                _trustedFrom = Math.Max(_trustedFrom, time.GetTimestamp() + ToTimestamp(wait));
            }

            _reconnects = reconnects;
        }
    }

    /// <summary>True if the server's uptime must be asked for before anything is taken over.</summary>
    public bool IsNewConnection(long reconnects)
    {
        lock (_lock)
        {
            return _reconnects != reconnects;
        }
    }

    /// <summary>True, once per period, if it is time to take over what others let pass.</summary>
    public bool TryLook()
    {
        lock (_lock)
        {
            var now = time.GetTimestamp();
            if (_reconnects is null || now < _trustedFrom || now < _nextLook)
            {
                return false;
            }

            _nextLook = now + ToTimestamp(LookPeriod * (0.75 + (Random.Shared.NextDouble() / 2)));
            return true;
        }
    }

    /// <summary>There was more than was asked for: looks again at once.</summary>
    public void LookAgain()
    {
        lock (_lock)
        {
            _nextLook = time.GetTimestamp();
        }
    }

    private long ToTimestamp(TimeSpan span) => (long)(span.TotalSeconds * time.TimestampFrequency);

    private static TimeSpan Least(TimeSpan left, TimeSpan right) => left < right ? left : right;
}
