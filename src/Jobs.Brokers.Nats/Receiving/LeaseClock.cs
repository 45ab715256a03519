using Jobs.Transport;

namespace Jobs.Brokers.Nats.Receiving;

/// <summary>When leases end, as far as this process can know. Safe for concurrent use.</summary>
/// <remarks>The server begins a lease when it sends the delivery and cannot be asked later who holds it, so this clock has the last word here:
/// it ends leases a little early, and those that came in while this process stood still end as if they had come in before. While a server that
/// stands alone is away nobody can get what is held: leases that were valid then are valid until one lease after its return, and for as long
/// nobody takes a redelivery for one whose owner is gone.</remarks>
internal sealed class LeaseClock(TimeSpan lease, TimeProvider time)
{
    private const double Margin = 0.05;

    private string? _server;
    private long _lostAt = long.MaxValue;
    private long _guardedUntil = long.MinValue;

    public TimeSpan Lease => lease;

    /// <summary>When a lease ends that was renewed by what was sent at a timestamp.</summary>
    public LeaseEnd EndOf(long begun) =>
        new(time.GetUtcNow() - time.GetElapsedTime(begun) + (lease * (1 - Margin)), begun + ToTimestamp(lease * (1 - Margin)));

    /// <summary>When the lease of a delivery ends that has just come in.</summary>
    public LeaseEnd EndOfArrived() => EndOf(time == TimeProvider.System ? StallWatch.Process.EarliestArrival() : time.GetTimestamp());

    /// <summary>True if the lease may be somebody else's by now.</summary>
    public bool HasPassed(LeasedDelivery delivery)
    {
        var now = time.GetTimestamp();
        return now >= delivery.LeaseEndsAt && !(delivery.LeaseEndsAt >= Interlocked.Read(ref _lostAt) && now < Interlocked.Read(ref _guardedUntil));
    }

    /// <summary>True while redeliveries may be of what their owners still hold: the server came back a moment ago.</summary>
    public bool IsGuarded => time.GetTimestamp() < Interlocked.Read(ref _guardedUntil);

    /// <summary>The connection has ended.</summary>
    public void Disconnected()
    {
        // A server that goes again while it is being waited for was lost when it went first.
        if (Interlocked.Read(ref _lostAt) == long.MaxValue || !IsGuarded)
        {
            Interlocked.Exchange(ref _lostAt, time.GetTimestamp());
        }
    }

    /// <summary>There is a connection.</summary>
    /// <param name="server">To whom.</param>
    /// <param name="standsAlone">True if there are no others: another id then is the same server, started again.</param>
    public void Connected(string server, bool standsAlone)
    {
        if (_server is not null && _server != server && standsAlone)
        {
            Interlocked.Exchange(ref _guardedUntil, time.GetTimestamp() + ToTimestamp(lease));
        }
        else
        {
            Interlocked.Exchange(ref _lostAt, long.MaxValue);
        }

        _server = server;
    }

    private long ToTimestamp(TimeSpan span) => (long)(span.TotalSeconds * time.TimestampFrequency);
}
