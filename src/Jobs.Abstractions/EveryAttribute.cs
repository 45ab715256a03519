namespace Jobs;

/// <summary>Runs a job at regular intervals. A method may have several.</summary>
/// <remarks>Ticks are whole multiples of the interval since 1970-01-01 UTC, so that all nodes agree and a restart changes nothing. For times of day or
/// days of the week use <see cref="CronAttribute"/>.</remarks>
[AttributeUsage(AttributeTargets.Method, AllowMultiple = true)]
public sealed class EveryAttribute : ScheduleAttribute
{
    /// <summary>Schedules a job.</summary>
    /// <param name="interval">A <see cref="TimeSpan"/> text, <c>"00:00:01"</c> to <c>"365.00:00:00"</c>.</param>
    public EveryAttribute(string interval) => Interval = interval;

    /// <summary>The interval.</summary>
    public string Interval { get; }
}
