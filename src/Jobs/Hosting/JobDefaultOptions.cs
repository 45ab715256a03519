namespace Jobs.Hosting;

/// <summary>What applies to jobs that say nothing themselves: the configuration section <c>Jobs:Defaults</c>.</summary>
public sealed class JobDefaultOptions
{
    /// <summary>How often a job may run, the first attempt included.</summary>
    /// <value>1 to 1,000. Default 5.</value>
    [Within(1, 1_000)]
    public int MaxAttempts { get; set; } = 5;

    /// <summary>How many crashes (worker died, lease lost) a job survives before it is dead-lettered as poison, unrun.</summary>
    /// <value>0 (never start twice) to 1,000. Default 3.</value>
    [Within(0, 1_000)]
    public int MaxCrashes { get; set; } = 3;

    /// <summary>The first retry delay; each further one doubles it, with full jitter.</summary>
    /// <value>Zero to 1 day. Default 1 second.</value>
    [Within("00:00:00", "1.00:00:00")]
    public TimeSpan Backoff { get; set; } = TimeSpan.FromSeconds(1);

    /// <summary>The longest retry delay.</summary>
    /// <value>Zero to 30 days. Default 1 hour.</value>
    [Within("00:00:00", "30.00:00:00")]
    public TimeSpan MaxBackoff { get; set; } = TimeSpan.FromHours(1);

    /// <summary>The soft limit: after it the job's token is cancelled.</summary>
    /// <value>1 millisecond to 30 days. Default 30 minutes.</value>
    [Within("00:00:00.001", "30.00:00:00")]
    public TimeSpan Timeout { get; set; } = TimeSpan.FromMinutes(30);

    /// <summary>How long after the soft limit a run that ignores its token is abandoned.</summary>
    /// <value>Zero to 1 day. Default 1 minute.</value>
    [Within("00:00:00", "1.00:00:00")]
    public TimeSpan HardTimeoutGrace { get; set; } = TimeSpan.FromMinutes(1);

    /// <summary>The priority within the queue.</summary>
    /// <value>Default <see cref="JobPriority.Normal"/>.</value>
    public JobPriority Priority { get; set; } = JobPriority.Normal;
}
