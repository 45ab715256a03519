namespace Jobs.Hosting;

/// <summary>When the health check <c>Jobs</c> calls this host degraded: the configuration section <c>Jobs:Health</c>.</summary>
/// <remarks>Apart from these, a broker that is away degrades, and one that cannot work until someone mends something is unhealthy.</remarks>
public sealed class HealthOptions
{
    /// <summary>The most jobs that may wait in a consumed queue, delayed ones not counted.</summary>
    /// <value>At least 1. Default 10,000. Null: any.</value>
    [Within(1, long.MaxValue)]
    public long? MaxDepth { get; set; } = 10_000;

    /// <summary>The most dead letters that a consumed queue may hold.</summary>
    /// <value>At least 0. Default null: any.</value>
    [Within(0, long.MaxValue)]
    public long? MaxDeadLetters { get; set; }

    /// <summary>How many of 100 runs may fail, over the last minute, once 20 have ended.</summary>
    /// <value>0 to 100. Default 5. Null: any.</value>
    [Within(0, 100)]
    public int? MaxErrorPercent { get; set; } = 5;

    /// <summary>How many runs this process is expected to end per minute. Less than half of it, while jobs wait, degrades.</summary>
    /// <value>At least 1. Default null: none.</value>
    [Within(1, long.MaxValue)]
    public long? ExpectedPerMinute { get; set; }

    /// <summary>How long a queue in which jobs wait may give this worker nothing although it has room.</summary>
    /// <value>1 second to 1 day. Default 1 minute.</value>
    [Within("00:00:01", "1.00:00:00")]
    public TimeSpan MaxReceiveAge { get; set; } = TimeSpan.FromMinutes(1);
}
