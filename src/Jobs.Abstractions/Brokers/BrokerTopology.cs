namespace Jobs.Brokers;

/// <summary>The queues that a host sends to or receives from.</summary>
/// <param name="Namespace">Keeps applications on one server apart.</param>
/// <param name="Queues">The queues.</param>
public sealed record BrokerTopology(string Namespace, IReadOnlyList<QueueTopology> Queues);
