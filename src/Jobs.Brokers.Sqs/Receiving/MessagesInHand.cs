using System.Collections.Concurrent;

namespace Jobs.Brokers.Sqs.Receiving;

/// <summary>What this process holds of one queue, whichever receiver has it. Safe for concurrent use.</summary>
/// <remarks>SQS may hand a message out again that is in hand: the second is dropped, and not renewed by itself.</remarks>
internal sealed class MessagesInHand
{
    private const int LeastSweep = 1_024;

    private readonly ConcurrentDictionary<MessageKey, SqsDelivery> _held = new();
    private int _sweepAt = LeastSweep;

    /// <summary>Takes a message into hand.</summary>
    /// <param name="delivery">The delivery.</param>
    /// <param name="leases">The clock of leases.</param>
    public void Add(SqsDelivery delivery, LeaseClock leases)
    {
        _held[delivery.Key] = delivery;
        if (_held.Count < _sweepAt)
        {
            return;
        }

        // Who loses a lease does not tell.
        foreach (var (key, held) in _held)
        {
            if (!held.IsInHand || held.Key != key || leases.HasPassed(held))
            {
                _held.TryRemove(KeyValuePair.Create(key, held));
            }
        }

        _sweepAt = Math.Max(LeastSweep, _held.Count * 2);
    }

    /// <summary>True if a message that has just come in is in hand already, under a lease that is valid; its newest handle is taken over.</summary>
    public bool TryAdopt(MessageKey key, ReadOnlySpan<byte> handle, LeaseClock leases)
    {
        if (!_held.TryGetValue(key, out var held) || held.Key != key || !held.IsInHand || leases.HasPassed(held))
        {
            return false;
        }

        held.Adopt(handle);
        return true;
    }

    /// <summary>A delivery has ended.</summary>
    public void Remove(SqsDelivery delivery) => _held.TryRemove(KeyValuePair.Create(delivery.Key, delivery));
}
