namespace Jobs.Running;

/// <summary>The process-wide limit between receive and run: hands free permits to lanes by weight.</summary>
/// <remarks>
/// Invariants: (1) an idle lane holds no permit; (2) what starts next is the <see cref="StrideScheduler"/>'s to say, which like the
/// lanes is guarded by the gate's lock; (3) while an exclusive run holds a permit, nothing else does.
/// </remarks>
internal sealed class FairGate
{
    private readonly Lock _lock = new();
    private readonly SynchronousThreads _threads = new();
    private readonly QueueLane[] _lanes;
    private readonly StrideScheduler _waiting;
    private readonly IWorkerObserver? _observer;
    private int _free;
    private int _running;
    private long _ended;
    private bool _isExclusiveRunning;
    private TaskCompletionSource? _idle;
    private TaskCompletionSource? _settled;

    public FairGate(IEnumerable<QueueLane> lanes, int concurrency, bool strict, IWorkerObserver? observer = null)
    {
        _lanes = [.. lanes.OrderByDescending(lane => lane.Weight)];
        _free = concurrency;
        Concurrency = concurrency;
        _waiting = new StrideScheduler(_lanes, strict);
        _observer = observer;
    }

    public int Concurrency { get; }

    public IReadOnlyList<QueueLane> Lanes => _lanes;

    public int Running
    {
        get
        {
            lock (_lock)
            {
                return _running;
            }
        }
    }

    /// <summary>How many runs have ended since the start.</summary>
    public long Ended
    {
        get
        {
            lock (_lock)
            {
                return _ended;
            }
        }
    }

    /// <summary>How many more deliveries a lane may receive. Where it is 0, <see cref="QueueLane.Credited"/> says when to ask again.</summary>
    public int GetCredit(QueueLane lane)
    {
        lock (_lock)
        {
            lane.NeedsCredit = !lane.IsWorthReceiving;
            return lane.NeedsCredit ? 0 : lane.Credit;
        }
    }

    /// <summary>How many more a lane may receive beside those that it has received and not yet taken slots for.</summary>
    public int GetRoom(QueueLane lane, int received)
    {
        lock (_lock)
        {
            return lane.Credit - received;
        }
    }

    /// <summary>Takes slots for deliveries just received.</summary>
    public void Rent(QueueLane lane, Span<JobRun> runs)
    {
        lock (_lock)
        {
            foreach (ref var run in runs)
            {
                run = lane.Rent();
            }
        }
    }

    /// <summary>Queues runs of one lane, and starts what may start.</summary>
    public void Offer(QueueLane lane, ReadOnlySpan<JobRun> runs)
    {
        lock (_lock)
        {
            foreach (var run in runs)
            {
                _waiting.Add(lane, run);
            }

            Dispatch();
        }
    }

    /// <summary>Queues a closed batch.</summary>
    public void OfferBatch(QueueLane lane, JobRun lead)
    {
        lock (_lock)
        {
            lane.ClosedBatches++;
            _waiting.Add(lane, lead);
            Dispatch();
            lane.SignalIfCredited();
        }
    }

    /// <summary>Gives back the permit of a run that has ended.</summary>
    /// <param name="lane">The run's lane.</param>
    /// <param name="wasBatch">True if the run led a batch.</param>
    /// <param name="wasExclusive">True if it ran alone.</param>
    /// <param name="settled">The run, if its slot can go back too; null if the broker has not answered yet, or has answered and the slot is gone.</param>
    /// <param name="takesNext">True if the caller starts the next run itself.</param>
    /// <returns>The run that the caller is to start, which holds a permit; null if there is none for it.</returns>
    public JobRun? Finish(QueueLane lane, bool wasBatch, bool wasExclusive, JobRun? settled, bool takesNext = false)
    {
        JobRun? next = null;
        lock (_lock)
        {
            _free++;
            _running--;
            _ended++;
            lane.Running--;
            if (wasBatch)
            {
                lane.ClosedBatches--;
            }

            if (wasExclusive)
            {
                _isExclusiveRunning = false;
            }

            if (settled is not null)
            {
                lane.Return(settled);
            }

            if (takesNext)
            {
                next = StartNext();
                if (next is not null && IsForOwnThread(next))
                {
                    Hand(next);
                    next = null;
                }
            }

            Dispatch();
            lane.SignalIfCredited();
            if (_running == 0 && _idle is { } idle)
            {
                _idle = null;
                idle.TrySetResult();
            }

            SignalIfSettled();
        }

        _observer?.Changed();
        return next;
    }

    /// <summary>Gives back the slot of a delivery that is settled.</summary>
    public void Return(JobRun run)
    {
        lock (_lock)
        {
            run.Lane.Return(run);
            if (_waiting.HasExclusive)
            {
                // Perhaps it was the exclusive run that held up all others.
                Dispatch();
            }

            run.Lane.SignalIfCredited();
            SignalIfSettled();
        }

        _observer?.Changed();
    }

    /// <summary>Deliveries in hand: waiting, running or settling.</summary>
    public int InHand
    {
        get
        {
            lock (_lock)
            {
                return CountInHand();
            }
        }
    }

    /// <summary>Takes out everything that has not started.</summary>
    public List<JobRun> TakeWaiting()
    {
        lock (_lock)
        {
            return _waiting.TakeAll();
        }
    }

    /// <summary>Ends when nothing runs.</summary>
    public Task WhenIdleAsync()
    {
        lock (_lock)
        {
            return _running == 0
                ? Task.CompletedTask
                : (_idle ??= new TaskCompletionSource(TaskCreationOptions.RunContinuationsAsynchronously)).Task;
        }
    }

    /// <summary>Ends when everything in hand is settled, but for what still runs.</summary>
    public Task WhenSettledAsync()
    {
        lock (_lock)
        {
            return CountInHand() <= _running
                ? Task.CompletedTask
                : (_settled ??= new TaskCompletionSource(TaskCreationOptions.RunContinuationsAsynchronously)).Task;
        }
    }

    /// <summary>Sets each lane's prefetch to what it started in the last 100 ms, and resets the count.</summary>
    public void AdaptPrefetch(TimeSpan elapsed)
    {
        lock (_lock)
        {
            foreach (var lane in _lanes)
            {
                var per100Milliseconds = lane.StartedSinceTick / Math.Max(1, elapsed.TotalMilliseconds / 100);
                lane.Prefetch = (int)Math.Min(per100Milliseconds, lane.MaxPrefetch);
                lane.StartedSinceTick = 0;
                lane.SignalIfCredited();
            }
        }
    }

    private void Dispatch()
    {
        while (StartNext() is { } run)
        {
            Hand(run);
        }
    }

    // Gives a permit to the run whose turn it is; null if there is none, or no permit.
    private JobRun? StartNext()
    {
        if (_free == 0 || _isExclusiveRunning || _waiting.TakeNext(isIdle: _running == 0) is not { } run)
        {
            return null;
        }

        _free--;
        _running++;
        run.Lane.Running++;
        run.Lane.CountStart();
        _isExclusiveRunning = run.IsExclusive;
        return run;
    }

    private void Hand(JobRun run)
    {
        if (IsForOwnThread(run))
        {
            _threads.Start(run);
        }
        else
        {
            ThreadPool.UnsafeQueueUserWorkItem(run, preferLocal: true);
        }
    }

    private static bool IsForOwnThread(JobRun run) => run.Job?.Handler is { IsSynchronous: true };

    private void SignalIfSettled()
    {
        if (_settled is { } settled && CountInHand() <= _running)
        {
            _settled = null;
            settled.TrySetResult();
        }
    }

    private int CountInHand()
    {
        var count = 0;
        foreach (var lane in _lanes)
        {
            count += lane.Occupied;
        }

        return count;
    }
}
