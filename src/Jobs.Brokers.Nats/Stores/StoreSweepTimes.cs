namespace Jobs.Brokers.Nats.Stores;

/// <summary>When a store is swept, and what then is old enough to be cleared away.</summary>
internal sealed record StoreSweepTimes
{
    /// <summary>How often a process asks whether it is time.</summary>
    public TimeSpan Check { get; init; } = TimeSpan.FromSeconds(20);

    /// <summary>It is time once so much was written since the last sweep, or half as much as there is, if that is more.</summary>
    public ulong LeastWrites { get; init; } = 1_000;

    /// <summary>It is time after so long, however little was written.</summary>
    public TimeSpan Longest { get; init; } = TimeSpan.FromHours(1);

    /// <summary>What has expired or was deleted and is younger is left alone: a server that is killed may bring back what it had been replaced by.</summary>
    public TimeSpan LeastAge { get; init; } = TimeSpan.FromMinutes(10);

    /// <summary>The same of what an index has no room for, of which there may be much: longer than servers take to write down what they have removed,
    /// which is two minutes at the most unless they are told otherwise, and longer than the memory of message ids.</summary>
    public TimeSpan LeastTrimAge { get; init; } = TimeSpan.FromMinutes(3);
}
