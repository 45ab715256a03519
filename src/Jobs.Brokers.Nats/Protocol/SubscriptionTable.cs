using System.Diagnostics.CodeAnalysis;

namespace Jobs.Brokers.Nats.Protocol;

/// <summary>The subscriptions by their numbers, which stay the same on all connections. Safe for concurrent use; looking up takes no lock.</summary>
internal sealed class SubscriptionTable
{
    /// <summary>The number of the subscription that all replies come by.</summary>
    public const long Inbox = 1;

    private readonly Lock _lock = new();
    private volatile Dictionary<long, NatsSubscription> _subscriptions = [];
    private long _lastId = Inbox;

    public ICollection<NatsSubscription> All => _subscriptions.Values;

    public NatsSubscription Add(string subject, string? queueGroup, IMessageHandler handler, Action<NatsSubscription> stop, Action<NatsSubscription> remove)
    {
        lock (_lock)
        {
            var added = new NatsSubscription(++_lastId, subject, queueGroup, handler, stop, remove);
            _subscriptions = new(_subscriptions) { [added.Id] = added };
            return added;
        }
    }

    /// <returns>False if it has been removed before.</returns>
    public bool Remove(NatsSubscription subscription)
    {
        lock (_lock)
        {
            var rest = new Dictionary<long, NatsSubscription>(_subscriptions);
            var isRemoved = rest.Remove(subscription.Id);
            _subscriptions = rest;
            return isRemoved;
        }
    }

    public bool TryFind(long id, [NotNullWhen(true)] out NatsSubscription? subscription) => _subscriptions.TryGetValue(id, out subscription);
}
