using Jobs.Monitoring;

namespace Jobs.Status;

/// <summary>What one record says beyond what all records of its delivery do.</summary>
/// <param name="State">Where the job stands.</param>
internal readonly record struct StatusDetails(JobState State)
{
    public DateTimeOffset? Due { get; init; }

    public DateTimeOffset? EndedAt { get; init; }

    public string? Worker { get; init; }

    public string? Reason { get; init; }

    public string? Error { get; init; }

    /// <summary>How many jobs it enqueued that are sent with its success.</summary>
    public int Held { get; init; }
}
