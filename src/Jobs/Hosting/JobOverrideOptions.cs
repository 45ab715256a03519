namespace Jobs.Hosting;

/// <summary>Settings of one job that win over its attribute: the configuration section <c>Jobs:Overrides:{name}</c>. Null leaves the attribute's.</summary>
public sealed class JobOverrideOptions
{
    /// <summary>The queue that the job goes to. A worker takes the job from whichever queue it comes.</summary>
    [Name]
    public string? Queue { get; set; }

    /// <summary>How often the job may run, the first attempt included; 1 to 1,000.</summary>
    [Within(1, 1_000)]
    public int? MaxAttempts { get; set; }

    /// <summary>How many crashes the job survives; 0 to 1,000.</summary>
    [Within(0, 1_000)]
    public int? MaxCrashes { get; set; }

    /// <summary>The first retry delay; zero to 1 day.</summary>
    [Within("00:00:00", "1.00:00:00")]
    public TimeSpan? Backoff { get; set; }

    /// <summary>The longest retry delay; zero to 30 days.</summary>
    [Within("00:00:00", "30.00:00:00")]
    public TimeSpan? MaxBackoff { get; set; }

    /// <summary>The soft limit; 1 millisecond to 30 days.</summary>
    [Within("00:00:00.001", "30.00:00:00")]
    public TimeSpan? Timeout { get; set; }

    /// <summary>How long after the soft limit a run is abandoned; zero to 1 day.</summary>
    [Within("00:00:00", "1.00:00:00")]
    public TimeSpan? HardTimeoutGrace { get; set; }

    /// <summary>How many of the job's runs with one concurrency key, or of all if it has none, are under way at once in the cluster; 1 to 1,000,000.
    /// Needs a store with permits.</summary>
    [Within(1, 1_000_000)]
    public int? ConcurrencyLimit { get; set; }

    /// <summary>The priority within the queue.</summary>
    public JobPriority? Priority { get; set; }

    /// <summary>The most items in one call of a batch job; 1 to 100,000.</summary>
    [Within(1, 100_000)]
    public int? BatchSize { get; set; }

    /// <summary>How long the first item of a batch waits for company; zero to 1 day.</summary>
    [Within("00:00:00", "1.00:00:00")]
    public TimeSpan? BatchWindow { get; set; }
}
