using Jobs.Brokers;

namespace Jobs.Settling;

/// <summary>How a run ended, and what the broker is told.</summary>
internal readonly record struct Outcome(OutcomeKind Kind, Settlement Settlement, Exception? Exception = null);
