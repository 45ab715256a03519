using Jobs.Brokers;

namespace Jobs.Keys;

/// <summary>What became of one message that has a key.</summary>
/// <param name="Result">What the broker said; not of account if <paramref name="Existing"/> is set.</param>
/// <param name="Existing">The other job, which has the key; the message was not sent.</param>
internal readonly record struct KeyedSend(SendResult Result, KeyRecord? Existing = null);
