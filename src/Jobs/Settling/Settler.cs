using Jobs.Brokers;
using Jobs.Running;

namespace Jobs.Settling;

/// <summary>Tells the broker how runs ended, in batches that form while the one before is on its way.</summary>
/// <remarks>
/// Invariants: (1) one flush is under way at a time; whoever finds none starts it, so nothing lingers; (2) every outcome added is
/// reported to <see cref="JobRunner.OnSettled"/> exactly once, whatever the broker does; (3) the loop never dies; (4) a flush runs in
/// the context of no job.
/// </remarks>
internal sealed class Settler(QueueLane lane, JobRunner runner, CancellationToken giveUp) : IThreadPoolWorkItem
{
    private readonly Lock _lock = new();
    private JobRun[] _pending = new JobRun[16];
    private JobRun[] _flushing = new JobRun[16];
    private Settlement[] _settlements = new Settlement[16];
    private SettleResult[] _results = new SettleResult[16];
    private int _pendingCount;
    private bool _isFlushing;

    /// <summary>Adds a run whose outcome is set.</summary>
    /// <param name="run">The run.</param>
    /// <param name="othersFollow">True if others may be added right after it: the flush then starts on the pool, and takes them along.</param>
    /// <returns>True if it is settled already.</returns>
    public bool Add(JobRun run, bool othersFollow)
    {
        if (lane.InlineSettler is { } receiver
            && ReferenceEquals(run.Outcome, Outcome.Succeeded)
            && run.Held is null
            && !giveUp.IsCancellationRequested)
        {
            runner.OnSettled(run, run.Complete(receiver));
            return true;
        }

        lock (_lock)
        {
            var isFlushing = _isFlushing;
            _isFlushing = true;
            if (isFlushing || othersFollow)
            {
                if (_pendingCount == _pending.Length)
                {
                    Array.Resize(ref _pending, _pendingCount * 2);
                }

                _pending[_pendingCount++] = run;
                if (!isFlushing)
                {
                    ThreadPool.UnsafeQueueUserWorkItem(this, preferLocal: false);
                }

                return false;
            }

            _flushing[0] = run;
        }

        return Flush(1, run);
    }

    void IThreadPoolWorkItem.Execute()
    {
        if (TryTake(out var count))
        {
            Flush(count, own: null);
        }
    }

    // Goes on as long as there is something and the broker answers at once; else when the answer is there.
    private bool Flush(int count, JobRun? own)
    {
        // Who ends a run is in its job's context, which the outcomes of others, and what the receiver starts, must not see.
        using var clean = CleanContext.Enter();
        var isOwnSettled = false;
        do
        {
            var settling = Settle(count);
            if (!settling.IsCompleted)
            {
                _ = FinishAsync(settling, count);
                return isOwnSettled;
            }

            isOwnSettled |= Report(settling, count, own);
        }
        while (TryTake(out count));
        return isOwnSettled;
    }

    private bool TryTake(out int count)
    {
        lock (_lock)
        {
            count = _pendingCount;
            _pendingCount = 0;
            _isFlushing = count > 0;
            (_pending, _flushing) = (_flushing, _pending);
            return _isFlushing;
        }
    }

    private ValueTask Settle(int count)
    {
        if (_settlements.Length < count)
        {
            _settlements = new Settlement[_flushing.Length];
            _results = new SettleResult[_flushing.Length];
        }

        Array.Clear(_results, 0, count);
        if (giveUp.IsCancellationRequested)
        {
            // The worker has closed: a run that outlived it says nothing any more, and its job comes back with the lease.
            return ValueTask.FromCanceled(giveUp);
        }

        for (var i = 0; i < count; i++)
        {
            _settlements[i] = _flushing[i].Outcome!.For(_flushing[i]);
        }

        try
        {
            return lane.Receiver!.SettleAsync(_settlements.AsMemory(0, count), _results.AsMemory(0, count), giveUp);
        }
        catch (Exception exception)
        {
            return ValueTask.FromException(exception);
        }
    }

    private async Task FinishAsync(ValueTask settling, int count)
    {
        Exception? error = null;
        try
        {
            await settling.ConfigureAwait(false);
        }
        catch (Exception exception)
        {
            error = exception;
        }

        Report(error is null ? default : ValueTask.FromException(error), count, own: null);
        if (TryTake(out count))
        {
            Flush(count, own: null);
        }
    }

    private bool Report(ValueTask settled, int count, JobRun? own)
    {
        var isOwnSettled = false;
        try
        {
            settled.GetAwaiter().GetResult();
        }
        catch (Exception exception)
        {
            // What has no answer may still have happened: the lease decides.
            runner.OnSettleFailed(lane, count, exception);
        }

        for (var i = 0; i < count; i++)
        {
            var run = _flushing[i];
            runner.OnSettled(run, _results[i]);
            if (ReferenceEquals(run, own))
            {
                isOwnSettled = true;
            }
            else
            {
                runner.Gate.Return(run);
            }
        }

        Array.Clear(_flushing, 0, count);
        Array.Clear(_settlements, 0, count);
        return isOwnSettled;
    }
}
