using Jobs.Transport;

namespace Jobs.Brokers.Sqs.Receiving;

/// <summary>When leases end, as far as this process can know. Safe for concurrent use.</summary>
/// <remarks>SQS hides a message from the moment in which it hands it out and cannot be asked later who holds it, so this clock has the last word here:
/// it ends leases a little early, and those that came in while this process stood still end as if they had come in before.</remarks>
internal sealed class LeaseClock(TimeSpan lease, TimeProvider time)
{
    private const double Margin = 0.05;

    // How long an answer may be on its way.
    private static readonly TimeSpan LeastMargin = TimeSpan.FromMilliseconds(250);

    private readonly TimeSpan _sure = lease - Max(lease * Margin, LeastMargin < lease / 4 ? LeastMargin : lease / 4);

    public TimeSpan Lease => lease;

    /// <summary>The lease as SQS takes it: whole seconds, not less.</summary>
    public int Seconds { get; } = (int)Math.Ceiling(lease.TotalSeconds);

    /// <summary>When a lease ends that was renewed by what was sent at a timestamp, or began with what came in then.</summary>
    public LeaseEnd EndOf(long begun) => new(time.GetUtcNow() - time.GetElapsedTime(begun) + _sure, begun + ToTimestamp(_sure));

    /// <summary>The time from which on the lease of what is read now may run.</summary>
    /// <param name="answeredAt">When the answer began to come in.</param>
    public long BeginningOf(long answeredAt) => time == TimeProvider.System ? Math.Min(answeredAt, StallWatch.Process.EarliestArrival()) : answeredAt;

    /// <summary>True if the lease may be somebody else's by now.</summary>
    public bool HasPassed(LeasedDelivery delivery) => time.GetTimestamp() >= delivery.LeaseEndsAt;

    public long ToTimestamp(TimeSpan span) => (long)(span.TotalSeconds * time.TimestampFrequency);

    private static TimeSpan Max(TimeSpan one, TimeSpan other) => one > other ? one : other;
}
