namespace Jobs.Brokers.Conformance.Faults;

/// <summary>What the caller of a settlement or renewal is told instead of the truth.</summary>
internal readonly record struct SettleFault(SettleResult Told, bool IsCarriedOut);
