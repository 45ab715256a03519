using Jobs.Brokers;
using Jobs.Running;

namespace Jobs.Settling;

/// <summary>Tells the broker how runs ended, in batches that form while the one before is on its way.</summary>
/// <remarks>
/// Invariants: (1) one flush is under way at a time; whoever finds none starts it, so nothing lingers; (2) every outcome added is
/// reported to <see cref="JobRunner.OnSettled"/> exactly once, whatever the broker does; (3) the loop never dies.
/// </remarks>
internal sealed class Settler(QueueLane lane, JobRunner runner, CancellationToken giveUp)
{
    private const int LargestBatch = 1024;

    private readonly Lock _lock = new();
    private Entry[] _pending = new Entry[16];
    private Entry[] _flushing = new Entry[16];
    private Settlement[] _settlements = new Settlement[16];
    private SettleResult[] _results = new SettleResult[16];
    private int _pendingCount;
    private bool _isFlushing;

    /// <summary>Adds an outcome.</summary>
    /// <returns>True if it is settled already.</returns>
    public bool Add(JobRun run, in Outcome outcome)
    {
        lock (_lock)
        {
            if (_pendingCount == _pending.Length)
            {
                Array.Resize(ref _pending, _pendingCount * 2);
            }

            _pending[_pendingCount++] = new Entry(run, outcome);
            if (_isFlushing)
            {
                return false;
            }

            _isFlushing = true;
        }

        return Flush(run);
    }

    // Runs as long as there is something and the broker answers at once; else goes on when the answer is there.
    private bool Flush(JobRun? own)
    {
        var isOwnSettled = false;
        while (TryTake(out var count))
        {
            var settling = Settle(count);
            if (!settling.IsCompleted)
            {
                _ = FinishAsync(settling, count);
                return isOwnSettled;
            }

            isOwnSettled |= Report(settling, count, own);
        }

        return isOwnSettled;
    }

    private bool TryTake(out int count)
    {
        lock (_lock)
        {
            count = Math.Min(_pendingCount, LargestBatch);
            if (count == 0)
            {
                _isFlushing = false;
                return false;
            }

            if (_flushing.Length < count)
            {
                _flushing = new Entry[_pending.Length];
                _settlements = new Settlement[_pending.Length];
                _results = new SettleResult[_pending.Length];
            }

            Array.Copy(_pending, _flushing, count);
            Array.Copy(_pending, count, _pending, 0, _pendingCount - count);
            Array.Clear(_pending, _pendingCount - count, count);
            _pendingCount -= count;
            return true;
        }
    }

    private ValueTask Settle(int count)
    {
        for (var i = 0; i < count; i++)
        {
            _settlements[i] = _flushing[i].Outcome.Settlement;
        }

        Array.Clear(_results, 0, count);
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
        Flush(own: null);
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
            var (run, outcome) = _flushing[i];
            runner.OnSettled(run, in outcome, _results[i]);
            if (ReferenceEquals(run, own))
            {
                isOwnSettled = true;
            }
            else
            {
                lane.Runner.Gate.Return(run);
            }
        }

        Array.Clear(_flushing, 0, count);
        Array.Clear(_settlements, 0, count);
        return isOwnSettled;
    }

    private readonly record struct Entry(JobRun Run, Outcome Outcome);
}
