namespace Jobs.Generators.Model;

/// <summary>The settings of the attributes; null is not given. Durations are ticks.</summary>
internal sealed record PolicyModel
{
    public int? MaxAttempts { get; init; }

    public int? MaxCrashes { get; init; }

    public long? Backoff { get; init; }

    public long? MaxBackoff { get; init; }

    public long? Timeout { get; init; }

    public long? HardTimeoutGrace { get; init; }

    /// <summary>The constant as source, or null.</summary>
    public string? Priority { get; init; }

    /// <summary>The constant as source, or null.</summary>
    public string? OnConflict { get; init; }

    public bool RequireResult { get; init; }

    public EquatableArray<string> RetryOn { get; init; }

    public EquatableArray<string> NoRetryOn { get; init; }

    public EquatableArray<FailureRuleModel> FailureRules { get; init; }
}
