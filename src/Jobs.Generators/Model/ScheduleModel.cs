namespace Jobs.Generators.Model;

/// <summary>One schedule of a job. What is null was not given.</summary>
internal sealed record ScheduleModel(string Name)
{
    public string? Cron { get; init; }

    public long? EveryTicks { get; init; }

    public string? TimeZone { get; init; }

    public string? Args { get; init; }

    /// <summary>C# source of an enum's value.</summary>
    public string? Misfire { get; init; }

    public int? MaxMisfires { get; init; }

    /// <summary>C# source of an enum's value.</summary>
    public string? Overlap { get; init; }

    public long? JitterTicks { get; init; }

    public bool IsEnabled { get; init; } = true;
}
