using Jobs.Brokers;

namespace Jobs.Catalog;

/// <summary>One queue as this host runs it: what configuration and code say, else the default. Immutable.</summary>
public sealed record QueueSettings
{
    /// <summary>The name.</summary>
    public required string Name { get; init; }

    /// <summary>The queue's share of the worker.</summary>
    public required int Weight { get; init; }

    /// <summary>How many of its jobs run at once in this process.</summary>
    public required int Concurrency { get; init; }

    /// <summary>How long a delivery belongs to its worker unless renewed.</summary>
    public required TimeSpan Lease { get; init; }

    /// <summary>The most waiting jobs, or null for no limit.</summary>
    public required long? MaxLength { get; init; }

    /// <summary>What producers meet at the limit.</summary>
    public required QueueFullMode WhenFull { get; init; }

    /// <summary>The levels, highest first.</summary>
    public required IReadOnlyList<JobPriority> Priorities { get; init; }

    /// <summary>Whether a worker of this host takes jobs from it.</summary>
    public required bool IsConsumed { get; init; }
}
