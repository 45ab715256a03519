using System.Collections.Frozen;
using System.Diagnostics.CodeAnalysis;
using Jobs.Brokers;

namespace Jobs.Catalog;

/// <summary>The queues that this host knows, with their settings. Immutable; one per host.</summary>
public sealed class QueueCatalog
{
    private readonly FrozenDictionary<string, QueueSettings> _byName;

    internal QueueCatalog(string @namespace, IReadOnlyList<QueueSettings> queues)
    {
        All = queues;
        Consumed = [.. queues.Where(queue => queue.IsConsumed)];
        Topology = new(@namespace, [.. queues.Select(queue => new QueueTopology(queue.Name, queue.Lease) { Priorities = queue.Priorities, MaxLength = queue.MaxLength, WhenFull = queue.WhenFull })]);
        _byName = queues.ToFrozenDictionary(queue => queue.Name, StringComparer.Ordinal);
    }

    /// <summary>All queues: those of the jobs, and those added in code.</summary>
    public IReadOnlyList<QueueSettings> All { get; }

    /// <summary>Those that a worker of this host takes jobs from; empty in a host that only enqueues.</summary>
    public IReadOnlyList<QueueSettings> Consumed { get; }

    /// <summary>What is provisioned at the broker.</summary>
    public BrokerTopology Topology { get; }

    /// <summary>Finds a queue by its exact name.</summary>
    public bool TryGet(string name, [NotNullWhen(true)] out QueueSettings? queue) => _byName.TryGetValue(name, out queue);
}
