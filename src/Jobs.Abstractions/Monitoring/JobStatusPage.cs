namespace Jobs.Monitoring;

/// <summary>A page of jobs.</summary>
/// <param name="Jobs">Without their results. May be shorter than asked for, or empty, though there is a next page.</param>
/// <param name="Next">The cursor of the next page; null if this is the last.</param>
public sealed record JobStatusPage(IReadOnlyList<JobStatus> Jobs, string? Next);
