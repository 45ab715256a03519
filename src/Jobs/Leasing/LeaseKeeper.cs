using Jobs.Brokers;
using Jobs.Claims;
using Jobs.Running;
using Jobs.Status;
using Jobs.Telemetry;
using Microsoft.Extensions.Logging;

namespace Jobs.Leasing;

/// <summary>Renews the leases of everything in hand, and drives every deadline, from one scan.</summary>
/// <remarks>
/// Invariants: (1) a tick is pure in the time it is given and needs no pool thread; (2) it never runs user code: cancelling is the
/// <see cref="CancellationThread"/>'s; (3) it acts on a run only through a ticket taken before looking at it, so that a slot that was
/// reused in between is left alone; (4) a renewal without an answer is asked again, never taken for a loss before the lease has passed.
/// </remarks>
internal sealed class LeaseKeeper(
    IReadOnlyList<QueueLane> lanes,
    FairGate gate,
    JobRunner runner,
    Action<CancellationTokenSource> cancel,
    JobsTelemetry telemetry,
    TimeProvider time,
    ILogger logger,
    WorkerRecords? records = null,
    ClaimKeeper? claims = null)
{
    private const int LargestRenewal = 256;

    private readonly JobDelivery[] _deliveries = new JobDelivery[LargestRenewal];
    private readonly SettleResult[] _results = new SettleResult[LargestRenewal];
    private readonly (JobRun Run, long Ticket)[] _renewing = new (JobRun, long)[LargestRenewal];
    private long _lastTick = time.GetTimestamp();
    private bool _isRenewing = true;

    /// <summary>How often <see cref="Tick"/> is to be called.</summary>
    public static TimeSpan Period { get; } = TimeSpan.FromMilliseconds(100);

    /// <summary>Stops renewing what is still in hand: at the very end of a shutdown.</summary>
    public void StopRenewing() => Volatile.Write(ref _isRenewing, false);

    /// <summary>Looks at everything in hand once. Not for concurrent use. Does not throw.</summary>
    public void Tick()
    {
        try
        {
            var now = time.GetTimestamp();
            gate.AdaptPrefetch(time.GetElapsedTime(_lastTick, now));
            _lastTick = now;
            foreach (var lane in lanes)
            {
                Scan(lane, now);
            }

            if (Volatile.Read(ref _isRenewing))
            {
                claims?.Tick(now);
            }
        }
        catch (Exception exception)
        {
            telemetry.ErrorSwallowed("lease-keeper");
            Log.KeeperFailed(logger, exception);
        }
    }

    private void Scan(QueueLane lane, long now)
    {
        var lease = time.TimestampsOf(lane.Lease);
        var due = 0;
        foreach (var run in lane.Slots)
        {
            if (run is null)
            {
                continue;
            }

            var ticket = run.Ticket;
            var phase = JobRun.PhaseOf(ticket);
            if (phase is RunPhase.Free or RunPhase.Abandoned)
            {
                continue;
            }

            // A renewal may still save a lease that seems to have passed: only the broker knows.
            if (now >= run.RenewAt && JobRun.StopReasonOf(ticket) != StopReason.LeaseLost && Volatile.Read(ref _isRenewing))
            {
                _renewing[due++] = (run, ticket);
                if (due == LargestRenewal)
                {
                    Renew(lane, due, now, lease);
                    due = 0;
                }
            }

            if (phase == RunPhase.Running)
            {
                EnforceDeadlines(run, ticket, now);
            }
            else if (phase == RunPhase.Waiting && !run.IsCollecting && now - run.WaitingSince >= lease)
            {
                GiveBack(run, ticket);
            }
        }

        Renew(lane, due, now, lease);
    }

    private void Renew(QueueLane lane, int count, long now, long lease)
    {
        if (count == 0 || lane.Receiver is not { } receiver)
        {
            return;
        }

        var kept = 0;
        for (var i = 0; i < count; i++)
        {
            var (run, ticket) = _renewing[i];
            if (run.Delivery is { } delivery && run.IsSame(ticket))
            {
                if (!run.IsDeliveryOurs)
                {
                    Stop(run, ticket, StopReason.LeaseLost);
                    continue;
                }

                _renewing[kept] = (run, ticket);
                _deliveries[kept++] = delivery;
            }
        }

        Array.Clear(_results, 0, kept);
        try
        {
            receiver.Renew(_deliveries.AsSpan(0, kept), _results.AsSpan(0, kept));
        }
        catch (Exception exception)
        {
            telemetry.ErrorSwallowed("renew");
            Log.RenewFailed(logger, exception, lane.Name);
        }

        for (var i = 0; i < kept; i++)
        {
            Apply(_renewing[i].Run, _renewing[i].Ticket, _results[i], now, lease);
        }

        Array.Clear(_deliveries, 0, kept);
    }

    private void Apply(JobRun run, long ticket, SettleResult result, long now, long lease)
    {
        // The run may have started meanwhile; a reused slot is left alone.
        var current = run.Ticket;
        if (!run.IsSame(ticket))
        {
            return;
        }

        switch (result)
        {
            case SettleResult.Ok:
                run.LeaseEnds = now + lease;
                run.RenewAt = now + (lease / 3);
                break;
            case SettleResult.Unknown when now < run.LeaseEnds:
                run.RenewAt = now + (lease / 10);
                break;
            default:
                Stop(run, current, StopReason.LeaseLost);
                break;
        }
    }

    private void EnforceDeadlines(JobRun run, long ticket, long now)
    {
        var startedAt = run.StartedAt;
        if (startedAt == 0)
        {
            return;
        }

        var elapsed = now - startedAt;
        records?.Tick(run, ticket, elapsed);
        if (elapsed >= run.HardTimeout)
        {
            if (run.TryMove(ticket, RunPhase.Abandoned))
            {
                Cancel(run, ticket);
                runner.Abandon(run);
            }
        }
        else if (elapsed >= run.SoftTimeout)
        {
            Stop(run, ticket, StopReason.SoftTimeout);
        }
    }

    // Waiting longer than a lease means that this worker is busy: someone else may not be.
    private void GiveBack(JobRun run, long ticket)
    {
        if (JobRun.StopReasonOf(ticket) != StopReason.None || run.Batch is not null || !run.TryMove(ticket, RunPhase.Settling))
        {
            return;
        }

        if (run.IsExclusive)
        {
            runner.Defer(run);
        }
        else
        {
            runner.Release(run);
        }
    }

    private void Stop(JobRun run, long ticket, StopReason reason)
    {
        if (run.TryStop(ticket, reason))
        {
            Cancel(run, ticket);
        }
    }

    /// <summary>Cancels everything that runs: at the end of a shutdown's patience.</summary>
    public void StopAll(StopReason reason)
    {
        foreach (var lane in lanes)
        {
            foreach (var run in lane.Slots)
            {
                var ticket = run?.Ticket ?? 0;
                if (run is not null && JobRun.PhaseOf(ticket) == RunPhase.Running)
                {
                    Stop(run, ticket, reason);
                }
            }
        }
    }

    /// <summary>Stops a run that was found to have lost its lease, if nothing happened to it since the ticket was taken.</summary>
    public void LoseLease(JobRun run, long ticket) => Stop(run, ticket, StopReason.LeaseLost);

    /// <summary>Cancels a job if it runs here. A batch runs on: the others are not to blame for one item.</summary>
    public void CancelJob(JobId id)
    {
        var now = time.GetTimestamp();
        foreach (var lane in lanes)
        {
            foreach (var run in lane.Slots)
            {
                var ticket = run?.Ticket ?? 0;
                if (run is not null && JobRun.PhaseOf(ticket) == RunPhase.Running && run.Batch is null && run.Id == id && run.Job is { } job && run.IsSame(ticket))
                {
                    // One that ignores its token is given up on as after the soft limit.
                    run.HardTimeout = Math.Min(run.HardTimeout, now - run.StartedAt + time.TimestampsOf(job.Settings.HardTimeoutGrace));
                    Stop(run, ticket, StopReason.Cancelled);
                }
            }
        }
    }

    /// <summary>Cancels a run that works with a permit that another may have. A batch runs on, likewise.</summary>
    public void LoseClaim(JobRun run, long ticket)
    {
        var now = run.Ticket;
        if (run.IsSame(ticket) && run.Batch is null)
        {
            Stop(run, now, StopReason.ClaimLost);
        }
    }

    private void Cancel(JobRun run, long ticket)
    {
        if (run.Tokens is { } tokens && run.IsSame(ticket))
        {
            cancel(tokens);
        }
    }
}
