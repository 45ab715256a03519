using Jobs.Definitions;
using Jobs.Running;

namespace Jobs.Batching;

/// <summary>Collects the deliveries of one batch job of one lane until the batch is full or its window has passed.</summary>
/// <remarks>
/// Invariants: (1) at most one batch is open; (2) a run is in the open batch, or has been handed to the gate, never both;
/// (3) the window runs from the first item.
/// </remarks>
internal sealed class Batcher : IDisposable
{
    private readonly Lock _lock = new();
    private readonly QueueLane _lane;
    private readonly FairGate _gate;
    private readonly TimeProvider _time;
    private readonly ITimer _timer;
    private readonly int _size;
    private readonly TimeSpan _window;
    private List<JobRun> _open = [];
    private int _batch;
    private int _timedBatch;

    public Batcher(QueueLane lane, FairGate gate, BatchPolicy policy, TimeProvider time)
    {
        _lane = lane;
        _gate = gate;
        _time = time;
        _size = policy.Size;
        _window = policy.Window;
        _timer = time.CreateTimer(static state => ((Batcher)state!).OnWindowPassed(), this, Timeout.InfiniteTimeSpan, Timeout.InfiniteTimeSpan);
    }

    public void Add(JobRun run)
    {
        // A failed or crashed item must not take others with it again.
        if (run.Delivery.Message is { State.Attempt: > 1 } || run.IsExclusive || run.Delivery.Deliveries > 1)
        {
            Close([run]);
            return;
        }

        List<JobRun>? full = null;
        lock (_lock)
        {
            run.IsCollecting = true;
            _open.Add(run);
            if (_open.Count >= _size)
            {
                full = TakeOpen();
            }
            else if (_open.Count == 1)
            {
                _timedBatch = _batch;
                _timer.Change(_window, Timeout.InfiniteTimeSpan);
            }
        }

        if (full is not null)
        {
            Close(full);
        }
    }

    /// <summary>Closes what is open, at shutdown.</summary>
    public void Flush()
    {
        if (Take() is { Count: > 0 } open)
        {
            Close(open);
        }
    }

    /// <summary>Takes what is open, at a shutdown that leaves no time to run it.</summary>
    public List<JobRun> Take()
    {
        lock (_lock)
        {
            return TakeOpen();
        }
    }

    public void Dispose() => _timer.Dispose();

    private void OnWindowPassed()
    {
        List<JobRun>? open = null;
        lock (_lock)
        {
            // The timer may fire late, when the batch that it was set for has been closed as full.
            if (_open.Count > 0 && _timedBatch == _batch)
            {
                open = TakeOpen();
            }
        }

        if (open is not null)
        {
            Close(open);
        }
    }

    private List<JobRun> TakeOpen()
    {
        var open = _open;
        _open = new List<JobRun>(_size);
        _batch++;
        return open;
    }

    private void Close(List<JobRun> items)
    {
        var lead = items[0];
        lead.Batch = items;
        var now = _time.GetTimestamp();
        foreach (var item in items)
        {
            item.WaitingSince = now;
        }

        lead.IsCollecting = false;
        _gate.OfferBatch(_lane, lead);
    }
}
