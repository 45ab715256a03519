using Jobs.Brokers;

namespace Jobs.Retrying;

/// <summary>What becomes of a run that threw.</summary>
internal readonly record struct FailureDecision(Settlement Settlement, FailureVerdict Verdict);
