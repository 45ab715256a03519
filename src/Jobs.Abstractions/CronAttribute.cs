namespace Jobs;

/// <summary>Runs a job at the times that a cron expression names. A method may have several.</summary>
/// <remarks>A bad expression, or one that never fires, fails the build.</remarks>
[AttributeUsage(AttributeTargets.Method, AllowMultiple = true)]
public sealed class CronAttribute : ScheduleAttribute
{
    /// <summary>Schedules a job.</summary>
    /// <param name="expression"><c>minute hour day-of-month month day-of-week</c>, with seconds in front if needed; <c>L</c>, <c>W</c>, <c>#</c>,
    /// names, ranges, steps, lists, or a macro such as <c>@daily</c>.</param>
    public CronAttribute(string expression) => Expression = expression;

    /// <summary>The expression.</summary>
    public string Expression { get; }

    /// <summary>The IANA time zone whose clocks count, such as <c>Europe/Vienna</c>.</summary>
    /// <value>Default <c>UTC</c>.</value>
    public string? TimeZone { get; set; }
}
