namespace Jobs.Brokers;

/// <summary>How a broker is.</summary>
/// <param name="Status">In a word.</param>
/// <param name="Since">Since when.</param>
/// <param name="Error">Why it is not connected.</param>
public sealed record BrokerHealth(BrokerStatus Status, DateTimeOffset Since, string? Error = null);
