namespace Jobs.Brokers;

/// <summary>When a lease ends.</summary>
/// <param name="Until">By the wall clock, for whoever looks.</param>
/// <param name="Timestamp">By the clock that nobody sets, for decisions.</param>
internal readonly record struct LeaseEnd(DateTimeOffset Until, long Timestamp);
