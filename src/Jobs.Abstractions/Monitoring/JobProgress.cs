namespace Jobs.Monitoring;

/// <summary>How far a running job has come.</summary>
/// <param name="Current">What is done.</param>
/// <param name="Total">What there is to do, or null.</param>
/// <param name="Message">For people, or null.</param>
public sealed record JobProgress(long Current, long? Total, string? Message);
