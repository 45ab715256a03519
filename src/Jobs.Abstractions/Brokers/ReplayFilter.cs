namespace Jobs.Brokers;

/// <summary>Which dead letters to replay, and how fast. What is null does not filter.</summary>
public sealed record ReplayFilter
{
    /// <summary>Only this job.</summary>
    public string? JobName { get; init; }

    /// <summary>Only this reason.</summary>
    public string? Reason { get; init; }

    /// <summary>Only those that died at this time or later.</summary>
    public DateTimeOffset? DiedFrom { get; init; }

    /// <summary>Only those that died before this time.</summary>
    public DateTimeOffset? DiedBefore { get; init; }

    /// <summary>At most so many.</summary>
    public int? Limit { get; init; }

    /// <summary>At most so many per second.</summary>
    public int? PerSecond { get; init; }

    /// <summary>True counts and changes nothing.</summary>
    public bool DryRun { get; init; }

    /// <summary>True if the entry is meant.</summary>
    public bool Matches(DeadLetter entry)
    {
        ArgumentNullException.ThrowIfNull(entry);
        return (JobName is null || entry.Message?.Name == JobName)
            && (Reason is null || entry.Reason == Reason)
            && (DiedFrom is null || entry.DiedAt >= DiedFrom)
            && (DiedBefore is null || entry.DiedAt < DiedBefore);
    }
}
