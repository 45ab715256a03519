namespace Jobs.Brokers.Conformance.Faults;

/// <summary>What is done to the bytes of one direction, over all connections of a proxy.</summary>
internal sealed class ProxyLane
{
    private readonly Lock _lock = new();
    private TaskCompletionSource _open = Opened();
    private long _left = long.MaxValue;

    /// <summary>Holds what comes from now on.</summary>
    public void Stall()
    {
        lock (_lock)
        {
            if (_open.Task.IsCompleted)
            {
                _open = new TaskCompletionSource(TaskCreationOptions.RunContinuationsAsynchronously);
            }
        }
    }

    /// <summary>Lets go on what was held.</summary>
    public void Resume()
    {
        lock (_lock)
        {
            _open.TrySetResult();
        }
    }

    /// <summary>Waits while the lane is stalled.</summary>
    public async ValueTask PassAsync(CancellationToken cancellationToken)
    {
        while (true)
        {
            Task open;
            lock (_lock)
            {
                open = _open.Task;
            }

            if (open.IsCompleted)
            {
                return;
            }

            await open.WaitAsync(cancellationToken).ConfigureAwait(false);
        }
    }

    /// <summary>Lets so many bytes pass before the cut.</summary>
    public void CutAfter(long bytes)
    {
        lock (_lock)
        {
            _left = bytes;
        }
    }

    /// <summary>How many of so many bytes may pass, and whether the cut is due after them. It is due once.</summary>
    public int Spend(int bytes, out bool isCut)
    {
        lock (_lock)
        {
            isCut = _left <= bytes;
            var passed = (int)Math.Min(_left, bytes);
            _left = isCut || _left == long.MaxValue ? long.MaxValue : _left - passed;
            return passed;
        }
    }

    private static TaskCompletionSource Opened()
    {
        var open = new TaskCompletionSource(TaskCreationOptions.RunContinuationsAsynchronously);
        open.SetResult();
        return open;
    }
}
