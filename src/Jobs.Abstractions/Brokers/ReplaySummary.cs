namespace Jobs.Brokers;

/// <summary>What a filtered replay did.</summary>
/// <param name="Matched">How many entries the filter named.</param>
/// <param name="Replayed">How many are back in their queue; 0 for a dry run.</param>
/// <param name="Failed">How many stayed.</param>
public sealed record ReplaySummary(long Matched, long Replayed, long Failed);
