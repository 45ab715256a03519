namespace Jobs.Brokers.Conformance;

/// <summary>What a broker may declare; each value brings checks of its own.</summary>
public enum Capability
{
    /// <summary>It is an <see cref="IDeadLetterQueue"/>.</summary>
    DeadLetters,

    /// <summary>Looking at dead letters changes nothing (<see cref="DeadLetterBrowseMode.Exact"/>).</summary>
    ExactBrowsing,

    /// <summary>It is an <see cref="IQueueAdmin"/>.</summary>
    QueueAdmin,

    /// <summary>Its depth is exact (<see cref="BrokerFeatures.HasExactDepth"/>).</summary>
    ExactDepth,

    /// <summary>It recognises ids (<see cref="BrokerFeatures.DedupeWindow"/>).</summary>
    Deduplication,

    /// <summary>Whatever puts a job off makes a new copy with a state of its own (attempts, crashes, failures): not <see cref="BrokerFeatures.InPlaceQueues"/>.</summary>
    Copies,

    /// <summary>It refuses or holds producers at a limit: not <see cref="BrokerFixture.HasNoQueueLimits"/>.</summary>
    QueueLimits,

    /// <summary>Messages survive the end of processes and servers (<see cref="BrokerFeatures.IsDurable"/>), and the server is one that the tests may kill.</summary>
    Outages,

    /// <summary>The server keeps state of consumers that somebody else may delete (<see cref="BrokerFixture.HasConsumerState"/>).</summary>
    ConsumerState,

    /// <summary>It tells how long its oldest message has waited (<see cref="BrokerFeatures.HasOldestAge"/>).</summary>
    OldestAge,

    /// <summary>Its queues have levels: not <see cref="BrokerFixture.HasNoPriorities"/>.</summary>
    Priorities,
}
