namespace Jobs;

/// <summary>What <see cref="CronAttribute"/> and <see cref="EveryAttribute"/> have in common.</summary>
/// <remarks>A schedule needs a store, and its job's parameters need values: defaults, or <see cref="Args"/>. Configuration
/// (<c>Jobs:Schedules:{name}</c>) wins over the attribute.</remarks>
public abstract class ScheduleAttribute : Attribute
{
    private protected ScheduleAttribute()
    {
    }

    /// <summary>The schedule's identity in the store and in configuration: letters, digits, <c>.</c>, <c>-</c>, <c>_</c>; at most 128 characters.</summary>
    /// <value>Default: the job's name. A second schedule of one job needs a name of its own.</value>
    public string? Name { get; set; }

    /// <summary>The job's arguments as JSON, as they travel: <c>"""{"days":7}"""</c>. Checked when the host starts.</summary>
    /// <value>Default: every parameter's default value.</value>
    public string? Args { get; set; }

    /// <summary>What becomes of ticks that no node was there to send.</summary>
    /// <value>Default <see cref="MisfirePolicy.Once"/>.</value>
    public MisfirePolicy Misfire { get; set; }

    /// <summary>How many missed ticks <see cref="MisfirePolicy.All"/> makes up for, the latest first.</summary>
    /// <value>1 to 10,000. Default 100.</value>
    public int MaxMisfires { get; set; }

    /// <summary>What becomes of a tick while the one before it has not ended.</summary>
    /// <value>Default <see cref="OverlapPolicy.Allow"/>.</value>
    public OverlapPolicy Overlap { get; set; }

    /// <summary>Spreads the runs of many schedules: each tick runs up to this much later, by an amount that all nodes agree on.</summary>
    /// <value>A <see cref="TimeSpan"/> text, <c>"00:00:00"</c> to <c>"1.00:00:00"</c>. Default none.</value>
    public string? Jitter { get; set; }

    /// <summary>False declares the schedule but does not run it, until configuration says otherwise.</summary>
    /// <value>Default true.</value>
    public bool Enabled { get; set; } = true;
}
