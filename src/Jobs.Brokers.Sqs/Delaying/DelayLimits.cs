namespace Jobs.Brokers.Sqs.Delaying;

/// <summary>What SQS can be told of time, and how longer delays are made of it. Tests shorten it.</summary>
internal sealed record DelayLimits
{
    public static DelayLimits Sqs { get; } = new();

    /// <summary>The longest delay of a message.</summary>
    public TimeSpan Native { get; init; } = TimeSpan.FromMinutes(15);

    /// <summary>How long before it is due a message is moved to its queue, where the rest is a delay of SQS's: the more, the less often it must be looked.</summary>
    public TimeSpan Ahead { get; init; } = TimeSpan.FromMinutes(10);

    /// <summary>How long a message may stay hidden after a receive; SQS allows 12 hours.</summary>
    public TimeSpan LongestPark { get; init; } = TimeSpan.FromHours(11.9);

    /// <summary>How old a message may get before a new one takes its place; SQS keeps one for 14 days.</summary>
    public TimeSpan Oldest { get; init; } = TimeSpan.FromDays(13);

    /// <summary>How often a worker looks. Less than <see cref="Ahead"/>, or jobs are late.</summary>
    public TimeSpan Period { get; init; } = TimeSpan.FromMinutes(2);

    /// <summary>How many messages of a queue may be hidden at once; SQS allows about 120,000. Those above it hop.</summary>
    public int MostParked { get; init; } = 100_000;
}
