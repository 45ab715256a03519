namespace Jobs.Running;

/// <summary>Says which of the waiting runs starts next.</summary>
/// <remarks>
/// Invariants: (1) of the lanes that have work and room, the one that is furthest behind its share is next (stride scheduling:
/// Waldspurger and Weihl, 1995), or in strict mode the heaviest; (2) while an exclusive run waits, nothing else is next, and it is
/// when nothing runs; (3) a lane that was idle has saved up no claim. Guarded by the gate's lock.
/// </remarks>
/// <param name="lanes">The lanes, heaviest first.</param>
/// <param name="strict">True to let the heaviest go first always.</param>
internal sealed class StrideScheduler(QueueLane[] lanes, bool strict)
{
    private readonly Queue<WaitingRun> _exclusive = new();
    private double _pass;

    /// <summary>True if exclusive runs wait, some of which may have been taken back.</summary>
    public bool HasExclusive => _exclusive.Count > 0;

    /// <summary>Adds a run at the end of its lane, or of the exclusive ones.</summary>
    public void Add(QueueLane lane, JobRun run)
    {
        if (run.IsExclusive)
        {
            _exclusive.Enqueue(new WaitingRun(run, run.Ticket));
            return;
        }

        Trim(lane.Waiting);
        if (lane.Waiting.Count == 0)
        {
            // An idle lane must not have saved up a claim on the past.
            lane.Pass = Math.Max(lane.Pass, _pass);
        }

        lane.Waiting.Enqueue(new WaitingRun(run, run.Ticket));
    }

    /// <summary>Claims the run whose turn it is.</summary>
    /// <param name="isIdle">True if nothing runs.</param>
    /// <returns>The run, which the caller is to start; null if there is none, or it must wait until nothing runs.</returns>
    public JobRun? TakeNext(bool isIdle)
    {
        Trim(_exclusive);
        if (_exclusive.Count > 0)
        {
            if (!isIdle)
            {
                return null;
            }

            // If all of them were taken back meanwhile, the others have their turn.
            if (Claim(_exclusive) is { } exclusive)
            {
                return exclusive;
            }
        }

        while (NextLane() is { } lane)
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

    /// <summary>Takes out everything that still waits, unclaimed.</summary>
    public List<JobRun> TakeAll()
    {
        var taken = new List<JobRun>();
        TakeAll(_exclusive, taken);
        foreach (var lane in lanes)
        {
            TakeAll(lane.Waiting, taken);
        }

        return taken;
    }

    private static void TakeAll(Queue<WaitingRun> waiting, List<JobRun> taken)
    {
        while (waiting.TryDequeue(out var next))
        {
            if (next.IsWaiting)
            {
                taken.Add(next.Run);
            }
        }
    }

    private QueueLane? NextLane()
    {
        QueueLane? next = null;
        foreach (var lane in lanes)
        {
            if (lane.Waiting.Count == 0 || lane.Running >= lane.Concurrency)
            {
                continue;
            }

            if (strict)
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

    // Slots are emptied under the same lock, so a slot that still holds what was queued holds it until it is claimed.
    private static JobRun? Claim(Queue<WaitingRun> waiting)
    {
        while (waiting.TryDequeue(out var next))
        {
            if (next.Run.IsSame(next.Ticket) && next.Run.TryClaim())
            {
                return next.Run;
            }
        }

        return null;
    }
}
