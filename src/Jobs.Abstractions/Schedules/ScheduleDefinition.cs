namespace Jobs.Schedules;

/// <summary>A schedule as its attribute declares it. Immutable.</summary>
public sealed record ScheduleDefinition
{
    /// <summary>Makes a definition.</summary>
    /// <param name="name">The identity in the store and in configuration.</param>
    public ScheduleDefinition(string name) => Name = name;

    /// <summary>The identity in the store and in configuration.</summary>
    public string Name { get; }

    /// <summary>The cron expression, or null if <see cref="Every"/> is set.</summary>
    public string? Cron { get; init; }

    /// <summary>The interval, or null if <see cref="Cron"/> is set.</summary>
    public TimeSpan? Every { get; init; }

    /// <summary>The IANA time zone whose clocks count for <see cref="Cron"/>.</summary>
    /// <value>Default <c>UTC</c>.</value>
    public string TimeZone { get; init; } = "UTC";

    /// <summary>The job's arguments as JSON, or null for the defaults of its parameters.</summary>
    public string? Args { get; init; }

    /// <summary>What becomes of missed ticks.</summary>
    public MisfirePolicy Misfire { get; init; }

    /// <summary>How many missed ticks are made up for at most.</summary>
    /// <value>Default 100.</value>
    public int MaxMisfires { get; init; } = 100;

    /// <summary>What becomes of a tick while the one before it has not ended.</summary>
    public OverlapPolicy Overlap { get; init; }

    /// <summary>How much later a tick may run.</summary>
    public TimeSpan Jitter { get; init; }

    /// <summary>Whether it runs.</summary>
    /// <value>Default true.</value>
    public bool IsEnabled { get; init; } = true;
}
