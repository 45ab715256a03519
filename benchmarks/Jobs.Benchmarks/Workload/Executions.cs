using System.Threading.Tasks.Sources;

namespace Jobs.Benchmarks.Workload;

/// <summary>Counts executed jobs, inside the job, and wakes one waiter at a count. Waiting allocates nothing.</summary>
internal sealed class Executions : IValueTaskSource
{
    private ManualResetValueTaskSourceCore<bool> _core = new() { RunContinuationsAsynchronously = true };
    private long _executed;
    private long _wakeAt = long.MaxValue;

    /// <summary>What every path's job counts in; one path runs at a time.</summary>
    public static Executions Shared { get; } = new();

    public long Count => Volatile.Read(ref _executed);

    public void Reset() => Volatile.Write(ref _executed, 0);

    public void Add()
    {
        var executed = Interlocked.Increment(ref _executed);
        var wakeAt = Volatile.Read(ref _wakeAt);
        if (executed >= wakeAt && Interlocked.CompareExchange(ref _wakeAt, long.MaxValue, wakeAt) == wakeAt)
        {
            _core.SetResult(true);
        }
    }

    /// <summary>Ends when so many are executed. One waiter at a time.</summary>
    public ValueTask ReachAsync(long count)
    {
        if (Count >= count)
        {
            return default;
        }

        _core.Reset();
        var version = _core.Version;
        Interlocked.Exchange(ref _wakeAt, count);
        return Count >= count && Interlocked.CompareExchange(ref _wakeAt, long.MaxValue, count) == count
            ? default
            : new ValueTask(this, version);
    }

    void IValueTaskSource.GetResult(short token) => _core.GetResult(token);

    ValueTaskSourceStatus IValueTaskSource.GetStatus(short token) => _core.GetStatus(token);

    void IValueTaskSource.OnCompleted(Action<object?> continuation, object? state, short token, ValueTaskSourceOnCompletedFlags flags) =>
        _core.OnCompleted(continuation, state, token, flags);
}
