using Jobs.Messages;

namespace Jobs.Brokers;

/// <summary>A message handed to this worker under a lease. Made and pooled by the adapter; valid until settled.</summary>
public abstract class JobDelivery
{
    /// <summary>The message, or null if its bytes cannot be decoded. An adapter may decode them when this is first read.</summary>
    public virtual JobMessage? Message { get; protected set; }

    /// <summary>What is wrong with the bytes, or null. Known once <see cref="Message"/> was read.</summary>
    public virtual string? DecodeError { get; protected set; }

    /// <summary>The queue.</summary>
    public abstract string Queue { get; }

    /// <summary>How often this copy was delivered, this time included; 1 or more. It may over-count, never under-count.</summary>
    public int Deliveries { get; protected set; } = 1;

    /// <summary>When the lease ends unless it is renewed.</summary>
    public DateTimeOffset LeaseUntil { get; protected set; }

    /// <summary>The broker's own id of the message: the key of a dead letter whose bytes cannot be decoded.</summary>
    public abstract string BrokerMessageId { get; }

    /// <summary>Raised each time the adapter reuses the object, so that what is left over from an earlier use touches nothing.</summary>
    public int Generation { get; protected set; }

    /// <summary>A place for the runtime to attach the run of this delivery. Adapters clear it when they reuse the object.</summary>
    public object? Run { get; set; }
}
