using Jobs.Hosting;

namespace Jobs.Schedules;

/// <summary>Settings of one schedule that win over its attribute, or a schedule of its own: the configuration section <c>Jobs:Schedules:{name}</c>. Null leaves the attribute's.</summary>
public sealed class ScheduleOptions
{
    /// <summary>The job, for a schedule that no attribute declares.</summary>
    public string? Job { get; set; }

    /// <summary>A cron expression. Not together with <see cref="Every"/>.</summary>
    public string? Cron { get; set; }

    /// <summary>An interval; 1 second to 365 days. Not together with <see cref="Cron"/>.</summary>
    [Within("00:00:01", "365.00:00:00")]
    public TimeSpan? Every { get; set; }

    /// <summary>The IANA time zone whose clocks count for <see cref="Cron"/>.</summary>
    public string? TimeZone { get; set; }

    /// <summary>The job's arguments as JSON.</summary>
    public string? Args { get; set; }

    /// <summary>What becomes of missed ticks.</summary>
    public MisfirePolicy? Misfire { get; set; }

    /// <summary>How many missed ticks <see cref="MisfirePolicy.All"/> makes up for; 1 to 10,000.</summary>
    [Within(1, 10_000)]
    public int? MaxMisfires { get; set; }

    /// <summary>What becomes of a tick while the one before it has not ended.</summary>
    public OverlapPolicy? Overlap { get; set; }

    /// <summary>How much later a tick may run; zero to 1 day.</summary>
    [Within("00:00:00", "1.00:00:00")]
    public TimeSpan? Jitter { get; set; }

    /// <summary>False switches the schedule off.</summary>
    public bool? Enabled { get; set; }
}
