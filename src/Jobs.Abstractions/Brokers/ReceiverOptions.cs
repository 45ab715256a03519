namespace Jobs.Brokers;

/// <summary>How a receiver receives.</summary>
public sealed record ReceiverOptions
{
    /// <summary>How long a delivery belongs to this worker unless renewed.</summary>
    public required TimeSpan Lease { get; init; }

    /// <summary>Names the worker in the broker and in failures; unique per process.</summary>
    public required string Worker { get; init; }

    /// <summary>The most deliveries that will be in hand at once.</summary>
    public int MaxInFlight { get; init; } = 1_000;

    /// <summary>The levels to receive, highest first.</summary>
    public IReadOnlyList<JobPriority> Priorities { get; init; } = [JobPriority.Normal];
}
