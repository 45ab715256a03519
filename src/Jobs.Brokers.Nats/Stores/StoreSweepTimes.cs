namespace Jobs.Brokers.Nats.Stores;

/// <summary>When a store is swept, and what then is old enough to be cleared away.</summary>
internal sealed record StoreSweepTimes
{
    /// <summary>How often a process asks whether it is time.</summary>
    public TimeSpan Check { get; init; } = TimeSpan.FromMinutes(1);

    /// <summary>It is time once so much was written since the last sweep, or half as much as there is, if that is more.</summary>
    public ulong LeastWrites { get; init; } = 1_000;

    /// <summary>It is time after so long, however little was written.</summary>
    public TimeSpan Longest { get; init; } = TimeSpan.FromHours(1);

    /// <summary>What is younger is left alone: a server that is killed may bring back what it had been replaced by a moment before.</summary>
    public TimeSpan LeastAge { get; init; } = TimeSpan.FromMinutes(10);

    /// <summary>A note that no entry names and that is younger may be named in a moment.</summary>
    public TimeSpan LeastNoteAge { get; init; } = TimeSpan.FromMinutes(1);
}
