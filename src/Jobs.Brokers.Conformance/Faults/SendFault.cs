namespace Jobs.Brokers.Conformance.Faults;

/// <summary>What the caller of a send is told instead of the truth.</summary>
internal readonly record struct SendFault(SendStatus Told, bool IsCarriedOut);
