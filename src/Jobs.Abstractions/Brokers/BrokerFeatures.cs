namespace Jobs.Brokers;

/// <summary>What a broker can do. What it cannot is built by the adapter or refused at start, never silently weakened.</summary>
public sealed record BrokerFeatures
{
    /// <summary>The largest document, in bytes: the broker's limit minus 32 KiB for the state.</summary>
    public required int MaxDocumentBytes { get; init; }

    /// <summary>The most messages in one send that cost one round trip.</summary>
    public int MaxSendBatch { get; init; } = int.MaxValue;

    /// <summary>The most messages in one receive that cost one round trip.</summary>
    public int MaxReceiveBatch { get; init; } = int.MaxValue;

    /// <summary>The longest delay that the broker keeps itself; beyond it the adapter builds the delay. Null: any.</summary>
    public TimeSpan? NativeDelayLimit { get; init; }

    /// <summary>How long the broker recognises a dedupe id; zero: not at all.</summary>
    public TimeSpan DedupeWindow { get; init; }

    /// <summary>The longest that a delivery can be held, renewals included. Null: any.</summary>
    public TimeSpan? LeaseLimit { get; init; }

    /// <summary>The most deliveries in hand per queue. Null: any.</summary>
    public int? InFlightLimit { get; init; }

    /// <summary>How dead letters can be looked at.</summary>
    public DeadLetterBrowseMode BrowseMode { get; init; } = DeadLetterBrowseMode.Exact;

    /// <summary>True if the queue's depth is exact, false if it is an estimate.</summary>
    public bool HasExactDepth { get; init; } = true;

    /// <summary>True if the broker tells how long its oldest message has waited; false if a process knows it of what it received only.</summary>
    public bool HasOldestAge { get; init; } = true;

    /// <summary>True if messages survive the end of the process that sent them.</summary>
    public bool IsDurable { get; init; } = true;

    /// <summary>Queues where a retry, and whatever else puts a job off, leaves the same message in its place instead of making a new copy (SQS FIFO): it
    /// keeps no history of failures, and each delivery counts as an attempt. Names compare without case.</summary>
    public IReadOnlyCollection<string> InPlaceQueues { get; init; } = [];
}
