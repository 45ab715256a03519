namespace Jobs.Running;

/// <summary>The process-wide limit between receive and run: hands free permits to lanes by weight.</summary>
/// <remarks>
/// Invariants: (1) an idle lane holds no permit; (2) of the lanes that have work and room, the one that is furthest behind its
/// share starts next (stride scheduling: Waldspurger and Weihl, 1995), or in strict mode the heaviest; (3) while an exclusive run
/// waits, nothing else starts, and it starts when nothing runs.
/// </remarks>
internal sealed class FairGate
{
    private readonly Lock _lock = new();
    private readonly Queue<WaitingRun> _exclusive = new();
    private readonly SynchronousThreads _threads = new();
    private readonly QueueLane[] _lanes;
    private readonly bool _strict;
    private readonly IWorkerObserver? _observer;
    private int _free;
    private int _running;
    private bool _isExclusiveRunning;
    private double _pass;
    private TaskCompletionSource? _idle;
    private TaskCompletionSource? _settled;

    public FairGate(IEnumerable<QueueLane> lanes, int concurrency, bool strict, IWorkerObserver? observer = null)
    {
        _lanes = [.. lanes.OrderByDescending(lane => lane.Weight)];
        _free = concurrency;
        Concurrency = concurrency;
        _strict = strict;
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

    /// <summary>How many more deliveries a lane may receive. Where it is 0, <see cref="QueueLane.Credited"/> says when to ask again.</summary>
    public int GetCredit(QueueLane lane)
    {
        lock (_lock)
        {
            lane.NeedsCredit = !IsWorthReceiving(lane);
            return lane.NeedsCredit ? 0 : lane.Credit;
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
                Enqueue(lane, run);
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
            Enqueue(lane, lead);
            Dispatch();
            SignalIfCredited(lane);
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
            SignalIfCredited(lane);
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
            if (_exclusive.Count > 0)
            {
                // Perhaps it was the exclusive run that held up all others.
                Dispatch();
            }

            SignalIfCredited(run.Lane);
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
            var taken = new List<JobRun>();
            Take(_exclusive, taken);
            foreach (var lane in _lanes)
            {
                Take(lane.Waiting, taken);
            }

            return taken;
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
                SignalIfCredited(lane);
            }
        }
    }

    private void Enqueue(QueueLane lane, JobRun run)
    {
        if (run.IsExclusive)
        {
            _exclusive.Enqueue(new WaitingRun(run, run.Ticket));
            return;
        }

        if (lane.Waiting.Count == 0)
        {
            // An idle lane must not have saved up a claim on the past.
            lane.Pass = Math.Max(lane.Pass, _pass);
        }

        lane.Waiting.Enqueue(new WaitingRun(run, run.Ticket));
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
        if (_free == 0 || _isExclusiveRunning)
        {
            return null;
        }

        Trim(_exclusive);
        if (_exclusive.Count > 0)
        {
            if (_running > 0)
            {
                return null;
            }

            // If all of them were taken back meanwhile, the others have their turn.
            if (Claim(_exclusive) is { } exclusive)
            {
                _isExclusiveRunning = true;
                return exclusive;
            }
        }

        while (Next() is { } lane)
        {
            if (Claim(lane.Waiting) is { } run)
            {
                _pass = lane.Pass;
                lane.Pass += lane.Stride;
                return run;
            }
        }

        return null;
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

    private QueueLane? Next()
    {
        QueueLane? next = null;
        foreach (var lane in _lanes)
        {
            if (lane.Waiting.Count == 0 || lane.Running >= lane.Concurrency)
            {
                continue;
            }

            if (_strict)
            {
                return lane;
            }

            if (next is null || lane.Pass < next.Pass)
            {
                next = lane;
            }
        }

        return next;
    }

    // The keeper takes runs out of the queue by changing their phase; here they are swept out.
    private static void Trim(Queue<WaitingRun> waiting)
    {
        while (waiting.TryPeek(out var first) && !first.IsWaiting)
        {
            waiting.Dequeue();
        }
    }

    private static void Take(Queue<WaitingRun> waiting, List<JobRun> taken)
    {
        while (waiting.TryDequeue(out var next))
        {
            if (next.IsWaiting)
            {
                taken.Add(next.Run);
            }
        }
    }

    // Slots are emptied under the same lock, so a slot that still holds what was queued holds it until it is claimed.
    private JobRun? Claim(Queue<WaitingRun> waiting)
    {
        while (waiting.TryDequeue(out var next))
        {
            var run = next.Run;
            if (run.IsSame(next.Ticket) && run.TryClaim())
            {
                _free--;
                _running++;
                run.Lane.Running++;
                run.Lane.StartedSinceTick++;
                return run;
            }
        }

        return null;
    }

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

    private static void SignalIfCredited(QueueLane lane)
    {
        if (lane.NeedsCredit && IsWorthReceiving(lane))
        {
            lane.NeedsCredit = false;
            lane.Credited.Set();
        }
    }

    // Small receives are wasteful while there still is work; with none left, any room counts.
    private static bool IsWorthReceiving(QueueLane lane)
    {
        var credit = lane.Credit;
        return credit > 0 && (lane.Waiting.Count == 0 || credit * 4 >= lane.Capacity);
    }
}
