using System.Threading.Tasks.Sources;
using Jobs.Brokers;
using Jobs.Settling;

namespace Jobs.Memory;

/// <summary>Receives from one queue. A waiting receive is served by whoever puts something into the queue.</summary>
/// <remarks>
/// <para>1. <see cref="Buffer"/> and the wait belong to the queue's lock; whoever takes the receiver off the queue's list of
/// waiting ones, and nobody else, ends its wait.</para>
/// <para>2. The continuation never runs inline: a pump must not run on the thread of a caller that enqueues.</para>
/// </remarks>
internal sealed class MemoryReceiver(MemoryQueue queue, ReceiverOptions options) : IJobReceiver, IInlineSettler, IValueTaskSource<int>
{
    private ManualResetValueTaskSourceCore<int> _arrival = new() { RunContinuationsAsynchronously = true };
    private CancellationTokenRegistration _cancellation;
    private int _received;
    private volatile bool _isReceiving;

    public TimeSpan Lease { get; } = options.Lease;

    public int Levels { get; } = PriorityLanes.MaskOf(options.Priorities);

    public Memory<JobDelivery> Buffer { get; private set; }

    public bool IsStopped { get; set; }

    public MemoryReceiver? NextToWake { get; set; }

    /// <summary>True while a receive waits and nobody has woken it.</summary>
    public bool IsParked => queue.IsParked(this);

    /// <summary>Ends the waits of a chain of receivers that were served.</summary>
    public static void Wake(MemoryReceiver? chain)
    {
        while (chain is { } receiver)
        {
            chain = receiver.NextToWake;
            receiver.NextToWake = null;
            receiver._arrival.SetResult(receiver._received);
        }
    }

    public ValueTask<int> ReceiveAsync(Memory<JobDelivery> buffer, bool wait, CancellationToken cancellationToken)
    {
        if (cancellationToken.IsCancellationRequested)
        {
            return ValueTask.FromCanceled<int>(cancellationToken);
        }

        if (buffer.IsEmpty)
        {
            throw new ArgumentException("The buffer must hold at least one delivery.", nameof(buffer));
        }

        if (_isReceiving)
        {
            throw new InvalidOperationException($"A receiver has one receive at a time; one on queue '{queue.Name}' is still waiting.");
        }

        var received = queue.Receive(this, buffer, wait);
        if (received >= 0)
        {
            return new ValueTask<int>(received);
        }

        if (cancellationToken.CanBeCanceled)
        {
            _cancellation = cancellationToken.UnsafeRegister(static (receiver, token) => ((MemoryReceiver)receiver!).Cancel(token), this);
        }

        return new ValueTask<int>(this, _arrival.Version);
    }

    public ValueTask SettleAsync(ReadOnlyMemory<Settlement> settlements, Memory<SettleResult> results, CancellationToken cancellationToken)
    {
        ArgumentOutOfRangeException.ThrowIfLessThan(results.Length, settlements.Length, nameof(results));
        queue.Settle(settlements.Span, results.Span);
        return default;
    }

    public SettleResult Complete(JobDelivery delivery, int generation) => queue.Complete(delivery, generation);

    public void Renew(ReadOnlySpan<JobDelivery> deliveries, Span<SettleResult> results)
    {
        ArgumentOutOfRangeException.ThrowIfLessThan(results.Length, deliveries.Length, nameof(results));
        queue.Renew(deliveries, results, Lease);
    }

    public ValueTask StopAsync(CancellationToken cancellationToken)
    {
        // Nothing is prefetched: what the caller does not hold is still in the queue.
        if (queue.Stop(this))
        {
            _arrival.SetResult(0);
        }

        return default;
    }

    public ValueTask DisposeAsync() => StopAsync(CancellationToken.None);

    /// <summary>Begins a wait. Called under the queue's lock.</summary>
    public void Park(Memory<JobDelivery> buffer)
    {
        _isReceiving = true;
        _arrival.Reset();
        Buffer = buffer;
    }

    /// <summary>Notes what a wait ends with. Called by whoever took the receiver off the list.</summary>
    public void Arrived(int received) => _received = received;

    int IValueTaskSource<int>.GetResult(short token)
    {
        try
        {
            return _arrival.GetResult(token);
        }
        finally
        {
            // Dispose, not Unregister: a callback still running must not end the next wait.
            _cancellation.Dispose();
            _cancellation = default;
            Buffer = default;
            _isReceiving = false;
        }
    }

    ValueTaskSourceStatus IValueTaskSource<int>.GetStatus(short token) => _arrival.GetStatus(token);

    void IValueTaskSource<int>.OnCompleted(Action<object?> continuation, object? state, short token, ValueTaskSourceOnCompletedFlags flags) =>
        _arrival.OnCompleted(continuation, state, token, flags);

    private void Cancel(CancellationToken token)
    {
        if (queue.Unpark(this))
        {
            _arrival.SetException(new OperationCanceledException(token));
        }
    }
}
