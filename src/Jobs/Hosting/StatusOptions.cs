namespace Jobs.Hosting;

/// <summary>Whether each job has a record in the store, and how long: the configuration section <c>Jobs:Status</c>.</summary>
/// <remarks>Off by default: it costs a store, two writes per job, and keeps names, times and errors of jobs. Results and cancelling do not need it.</remarks>
public sealed class StatusOptions
{
    /// <summary>True to keep a record of every job. Producers and workers should agree.</summary>
    /// <value>Default false.</value>
    public bool Enabled { get; set; }

    /// <summary>How long the record of a job that has ended is kept.</summary>
    /// <value>1 second to 365 days. Default 2 days.</value>
    [Within("00:00:01", "365.00:00:00")]
    public TimeSpan Retention { get; set; } = TimeSpan.FromDays(2);

    /// <summary>How many records of each job that succeeded are kept, the latest.</summary>
    /// <value>1 to 10,000,000. Default 1,000.</value>
    [Within(1, 10_000_000)]
    public int KeepSucceeded { get; set; } = 1_000;

    /// <summary>How many records of each job that was dead-lettered, and of each that was cancelled, are kept, the latest.</summary>
    /// <value>1 to 10,000,000. Default 10,000.</value>
    [Within(1, 10_000_000)]
    public int KeepFailed { get; set; } = 10_000;
}
