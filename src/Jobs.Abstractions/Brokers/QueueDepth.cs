namespace Jobs.Brokers;

/// <summary>How full a queue is.</summary>
/// <param name="Waiting">Messages that could be delivered now.</param>
/// <param name="InFlight">Deliveries in hand, of all workers.</param>
/// <param name="Delayed">Messages not yet due.</param>
/// <param name="OldestAge">How long the oldest waiting message has waited; zero if none waits.</param>
public sealed record QueueDepth(long Waiting, long InFlight, long Delayed, TimeSpan OldestAge);
