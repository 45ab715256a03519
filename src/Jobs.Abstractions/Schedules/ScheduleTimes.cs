namespace Jobs.Schedules;

/// <summary>When a schedule fires. Immutable.</summary>
public sealed record ScheduleTimes
{
    private ScheduleTimes()
    {
    }

    /// <summary>The cron expression, or null.</summary>
    public string? Expression { get; private init; }

    /// <summary>The IANA time zone whose clocks count for the expression.</summary>
    public string TimeZone { get; private init; } = "UTC";

    /// <summary>The interval, or null.</summary>
    public TimeSpan? Interval { get; private init; }

    /// <summary>At the times that a cron expression names. It is checked where it is used.</summary>
    /// <param name="expression">As in <see cref="CronAttribute"/>.</param>
    /// <param name="timeZone">An IANA time zone.</param>
    public static ScheduleTimes Cron(string expression, string timeZone = "UTC")
    {
        ArgumentException.ThrowIfNullOrEmpty(expression);
        ArgumentException.ThrowIfNullOrEmpty(timeZone);
        return new() { Expression = expression, TimeZone = timeZone };
    }

    /// <summary>At whole multiples of an interval since 1970-01-01 UTC.</summary>
    /// <param name="interval">1 second to 365 days.</param>
    public static ScheduleTimes Every(TimeSpan interval) => new() { Interval = interval };
}
