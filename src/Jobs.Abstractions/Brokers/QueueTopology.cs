namespace Jobs.Brokers;

/// <summary>One queue.</summary>
/// <param name="Name">Letters, digits, <c>-</c>, <c>_</c>; 1 to 64 characters.</param>
/// <param name="Lease">How long a delivery belongs to its worker unless renewed.</param>
public sealed record QueueTopology(string Name, TimeSpan Lease)
{
    /// <summary>The levels that are provisioned, highest first.</summary>
    public IReadOnlyList<JobPriority> Priorities { get; init; } = [JobPriority.Normal];

    /// <summary>The most waiting messages; producers are refused beyond it, retries never. Null: no limit.</summary>
    public long? MaxLength { get; init; }

    /// <summary>What producers meet at the limit.</summary>
    public QueueFullMode WhenFull { get; init; }
}
