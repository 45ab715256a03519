using Jobs.Brokers;
using Jobs.Messages;

namespace Jobs.Memory;

/// <summary>A delivery of one queue; pooled. All but the public surface belongs to the queue's lock.</summary>
internal sealed class MemoryDelivery(MemoryQueue owner) : JobDelivery
{
    public MemoryQueue Owner { get; } = owner;

    public DeliveryState State { get; set; }

    /// <summary>How it was settled last.</summary>
    public SettleKind SettledAs { get; private set; }

    public RawMessage? Raw { get; private set; }

    /// <summary>Its place in a lane since the lease passed.</summary>
    public Redelivery? Redelivery { get; set; }

    /// <summary>When its lease ends, as a timestamp: the wall clock may be set.</summary>
    public long LeaseEndsAt { get; private set; }

    /// <summary>Its index in the pool.</summary>
    public int Slot { get; set; }

    public override string Queue => Owner.Name;

    public override string BrokerMessageId => Raw?.Id ?? Message?.DedupeId ?? "";

    public void Begin(JobMessage? message, RawMessage? raw, int deliveries, LeaseEnd lease)
    {
        Generation++;
        Message = message;
        if (raw is not null)
        {
            Raw = raw;
            DecodeError = raw.Error;
        }

        Deliveries = deliveries;
        Extend(lease);
    }

    public void Extend(LeaseEnd lease)
    {
        LeaseUntil = lease.Until;
        LeaseEndsAt = lease.Timestamp;
        State = DeliveryState.Leased;
    }

    public void End(SettleKind kind)
    {
        State = DeliveryState.Idle;
        SettledAs = kind;
        Message = null;
        Run = null;
        if (Raw is not null)
        {
            Raw = null;
            DecodeError = null;
        }

        Redelivery = null;
    }
}
