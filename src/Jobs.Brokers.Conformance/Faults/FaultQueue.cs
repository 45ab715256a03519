using System.Collections.Concurrent;
using System.Diagnostics.CodeAnalysis;

namespace Jobs.Brokers.Conformance.Faults;

/// <summary>The faults of one kind of call that are still to come.</summary>
internal sealed class FaultQueue<T>
{
    private readonly ConcurrentQueue<T> _faults = new();

    public bool HasAny => !_faults.IsEmpty;

    public void Add(int count, T fault)
    {
        ArgumentOutOfRangeException.ThrowIfNegative(count);
        for (var i = 0; i < count; i++)
        {
            _faults.Enqueue(fault);
        }
    }

    public bool TryTake([MaybeNullWhen(false)] out T fault) => _faults.TryDequeue(out fault);
}
