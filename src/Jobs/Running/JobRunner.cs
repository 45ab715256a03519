using Jobs.Brokers;
using Jobs.Definitions;
using Jobs.Retrying;
using Jobs.Settling;
using Jobs.Status;

namespace Jobs.Running;

/// <summary>Runs what the gate lets through, and decides with the policy how it ended.</summary>
/// <remarks>
/// Invariants: (1) every run that was claimed gives back its permit exactly once, and its slot exactly once; (2) nothing a handler
/// does escapes into the pool; (3) a run that was stopped by one of our tokens ends as that token says, whatever it threw.
/// </remarks>
internal sealed class JobRunner(
    FairGate gate,
    Admission admission,
    HandlerInvoker invoker,
    FailurePolicy policy,
    OutcomeReporter reporter,
    TimeProvider time,
    IWorkerObserver? observer = null,
    WorkerRecords? records = null)
{
    private readonly double _timestampsPerTick = time.TimestampFrequency / (double)TimeSpan.TicksPerSecond;

    public FairGate Gate => gate;

    /// <summary>Starts a run that holds a permit.</summary>
    /// <returns>If it ended at once and <paramref name="takesNext"/>: the run that the caller is to start next, or null.</returns>
    public JobRun? Start(JobRun run, bool takesNext)
    {
        observer?.Starting(run);
        var now = time.GetTimestamp();
        if (run.Job?.Handler is BatchJobHandler handler)
        {
            _ = RunBatchAsync(run, handler, now);
            return null;
        }

        if (IsLeaseLost(run, now))
        {
            return Drop(run, takesNext: takesNext);
        }

        if (!admission.IsPlain(run) && admission.Refuse(run) is { } refusal)
        {
            run.TryMove(RunPhase.Running, RunPhase.Settling);
            return End(run, refusal, takesNext: takesNext);
        }

        if (records is { KeepsStatus: true })
        {
            WorkerRecords.Begin(run);
            if (run.Delivery.Deliveries > 1)
            {
                _ = StartUnlessEndedAsync(run, run.Facts!);
                return null;
            }
        }

        return Call(run, now, takesNext);
    }

    private async Task StartUnlessEndedAsync(JobRun run, StatusFacts facts)
    {
        // A synchronous one is on a thread of its own, which may wait and is to stay on it.
        var hasEnded = run.Job!.Handler!.IsSynchronous
            ? records!.HasEndedAsync(facts).AsTask().GetAwaiter().GetResult()
            : await records!.HasEndedAsync(facts).ConfigureAwait(false);
        var now = time.GetTimestamp();
        if (IsLeaseLost(run, now))
        {
            Drop(run);
        }
        else if (hasEnded)
        {
            facts.IsTold = true;
            reporter.ReportKnown(run);
            run.TryMove(RunPhase.Running, RunPhase.Settling);
            End(run, new Outcome(OutcomeKind.Succeeded, run.Settle(SettleKind.Complete)));
        }
        else
        {
            Call(run, now, takesNext: false);
        }
    }

    private JobRun? Call(JobRun run, long now, bool takesNext)
    {
        SetDeadlines(run, now);
        records?.Started(run);
        ValueTask task;
        try
        {
            task = invoker.InvokeAsync(run);
            if (!task.IsCompleted)
            {
                run.Await(task);
                return null;
            }

            task.GetAwaiter().GetResult();
        }
        catch (Exception exception)
        {
            return Ended(run, exception, takesNext);
        }

        return Ended(run, failure: null, takesNext);
    }

    /// <summary>Goes on when the handler has ended.</summary>
    public void Resume(JobRun run, ValueTask task)
    {
        Exception? failure = null;
        try
        {
            task.GetAwaiter().GetResult();
        }
        catch (Exception exception)
        {
            failure = exception;
        }

        Ended(run, failure, takesNext: false);
    }

    /// <summary>Gives up on a run past its hard limit. The caller has moved it to <see cref="RunPhase.Abandoned"/>.</summary>
    public void Abandon(JobRun run)
    {
        var wasExclusive = run.IsExclusive;
        var batch = run.Batch;
        var error = new JobTimeoutException($"The run ignored its token past the hard limit of {TimeoutOf(run) + run.Job!.Settings.HardTimeoutGrace}.");
        reporter.ReportAbandoned(run, error);
        gate.Finish(run.Lane, batch is not null, wasExclusive, settled: null);
        foreach (var item in batch ?? [run])
        {
            if (item == run || item.TryMove(RunPhase.Running, RunPhase.Abandoned))
            {
                SettleWithoutPermit(item, item.IsDeliveryOurs ? OutcomeOf(policy.DecideAbandoned(item.Delivery, item.Job!.Settings, error), error) : Outcome.Released);
            }
        }
    }

    /// <summary>Settles a run that holds no permit. The caller has moved it out of <see cref="RunPhase.Waiting"/> or <see cref="RunPhase.Running"/>.</summary>
    public void SettleWithoutPermit(JobRun run, Outcome outcome)
    {
        if (!run.Owns(outcome))
        {
            reporter.ReportLeaseLost(run);
            gate.Return(run);
            return;
        }

        run.Outcome = outcome;
        if (Settle(run))
        {
            gate.Return(run);
        }
    }

    /// <summary>Goes on when what is told of a run before it is settled has been written, or could not be.</summary>
    public void OnRecorded(JobRun run, Exception? error)
    {
        if (error is not null && run.Result is not null && ReferenceEquals(run.Outcome, Outcome.Succeeded))
        {
            if (!run.IsDeliveryOurs)
            {
                reporter.ReportLeaseLost(run);
                gate.Return(run);
                return;
            }

            // A result is part of success.
            run.Outcome = Failed(run, error);
        }

        reporter.Announce(run);
        if (run.Lane.Settler.Add(run))
        {
            gate.Return(run);
        }
    }

    /// <summary>Hands back a run that has not started. The caller has moved it to <see cref="RunPhase.Settling"/>.</summary>
    public void Release(JobRun run) => SettleWithoutPermit(run, Outcome.Released);

    /// <summary>Puts off an exclusive run that did not get the process for itself within a lease.</summary>
    public void Defer(JobRun run) =>
        SettleWithoutPermit(run, new Outcome(OutcomeKind.Deferred, policy.Defer(run.Delivery, run.Lane.Lease)));

    /// <summary>Called once for each outcome, when the broker has answered or failed to.</summary>
    public void OnSettled(JobRun run, SettleResult result) => reporter.Report(run, result);

    /// <summary>Called when a whole flush failed; each of its outcomes is reported as unknown as well.</summary>
    public void OnSettleFailed(QueueLane lane, int count, Exception exception) => reporter.ReportFlushFailed(lane.Name, count, exception);

    private JobRun? Ended(JobRun run, Exception? failure, bool takesNext)
    {
        // A run that was given up on has been settled; its slot is gone.
        if (!run.TryMove(RunPhase.Running, RunPhase.Settling))
        {
            reporter.ReportAbandonedEnd(run);
            return null;
        }

        if (run.StopReason == StopReason.LeaseLost || !run.IsDeliveryOurs)
        {
            return Drop(run, takesNext: takesNext);
        }

        return End(run, failure is null ? Outcome.Succeeded : Failed(run, failure), takesNext: takesNext);
    }

    private async Task RunBatchAsync(JobRun lead, BatchJobHandler handler, long now)
    {
        var runs = lead.Batch ?? [lead];
        var wasBatch = lead.Batch is not null;
        var outcomes = new Outcome?[runs.Count];
        var items = new BatchItems(handler, runs.Count);

        // The first item holds the token of all, and that is cancelled: the others get another batch.
        var isLeaderless = IsLeaseLost(lead, now);
        for (var i = 0; i < runs.Count; i++)
        {
            var run = runs[i];
            run.IsCollecting = false;
            if (run != lead && !run.TryClaim())
            {
                continue;
            }

            outcomes[i] = IsLeaseLost(run, now) ? null
                : isLeaderless ? Outcome.Released
                : admission.Refuse(run) ?? items.Add(run, i, this);
            if (records is { KeepsStatus: true } && outcomes[i] is null)
            {
                WorkerRecords.Begin(run);
                records.Started(run);
            }
        }

        Exception? failure = null;
        if (items.Count > 0)
        {
            SetDeadlines(lead, now);
            try
            {
                await invoker.InvokeBatchAsync(lead, items).ConfigureAwait(false);
            }
            catch (Exception exception)
            {
                failure = exception;
            }
        }

        if (!lead.TryMove(RunPhase.Running, RunPhase.Settling))
        {
            reporter.ReportAbandonedEnd(lead);
            return;
        }

        var held = failure is null ? lead.Held : null;
        for (var j = 0; j < items.Count; j++)
        {
            var (run, i) = items[j];
            var error = failure ?? items.GetFailure(j);
            run.Held = null;
            if (error is null)
            {
                // What the batch enqueued goes with the first item that succeeds.
                run.Held = held;
                held = null;
            }

            outcomes[i] = error is null ? Outcome.Succeeded : Failed(run, error, lead.StopReason);
        }

        SettleBatch(lead, runs, outcomes, wasBatch);
    }

    // The lead goes last: its permit and slot must outlive what refers to them.
    private void SettleBatch(JobRun lead, IReadOnlyList<JobRun> runs, Outcome?[] outcomes, bool wasBatch)
    {
        for (var i = 1; i < runs.Count; i++)
        {
            var run = runs[i];
            if (!run.TryMove(RunPhase.Running, RunPhase.Settling))
            {
                continue;
            }

            if (outcomes[i] is { } outcome && run.StopReason != StopReason.LeaseLost)
            {
                SettleWithoutPermit(run, outcome);
            }
            else
            {
                reporter.ReportLeaseLost(run);
                gate.Return(run);
            }
        }

        if (outcomes[0] is { } last && lead.StopReason != StopReason.LeaseLost)
        {
            End(lead, last, wasBatch);
        }
        else
        {
            Drop(lead, wasBatch);
        }
    }

    private JobRun? End(JobRun run, Outcome outcome, bool wasBatch = false, bool takesNext = false)
    {
        var (lane, wasExclusive) = (run.Lane, run.IsExclusive);
        if (!run.Owns(outcome))
        {
            return Drop(run, wasBatch, takesNext);
        }

        run.Outcome = outcome;
        var isSettled = Settle(run);
        return gate.Finish(lane, wasBatch, wasExclusive, isSettled ? run : null, takesNext);
    }

    // True if it is settled already. What is told of it is written first, and then it comes back by OnRecorded.
    private bool Settle(JobRun run)
    {
        if (records is not null)
        {
            run.EndedAt = time.GetTimestamp();
            if (records.TryTake(run))
            {
                return false;
            }
        }

        reporter.Announce(run);
        return run.Lane.Settler.Add(run);
    }

    // Someone else has the job by now: saying anything about it would only confuse.
    private JobRun? Drop(JobRun run, bool wasBatch = false, bool takesNext = false)
    {
        reporter.ReportLeaseLost(run);
        return gate.Finish(run.Lane, wasBatch, run.IsExclusive, run, takesNext);
    }

    private static bool IsLeaseLost(JobRun run, long now) => run.StopReason == StopReason.LeaseLost || now >= run.LeaseEnds || !run.IsDeliveryOurs;

    private void SetDeadlines(JobRun run, long now)
    {
        var settings = run.Job!.Settings;
        run.SoftTimeout = (long)(TimeoutOf(run).Ticks * _timestampsPerTick);
        run.HardTimeout = run.SoftTimeout + (long)(settings.HardTimeoutGrace.Ticks * _timestampsPerTick);
        run.StartedAt = now;
    }

    private static TimeSpan TimeoutOf(JobRun run) => run.Delivery.Message?.Attributes.Timeout ?? run.Job!.Settings.Timeout;

    internal Outcome Failed(JobRun run, Exception exception) => Failed(run, exception, run.StopReason);

    private Outcome Failed(JobRun run, Exception exception, StopReason stopped)
    {
        // Of a batch, the others are not to blame for the first item's lost lease; what is not ours any more is dropped by whoever settles.
        if (stopped is StopReason.HostStopping or StopReason.LeaseLost || !run.IsDeliveryOurs)
        {
            return Outcome.Released;
        }

        // Whatever it threw: a cancelled job is not retried.
        if (stopped == StopReason.Cancelled || admission.IsCancelled(run.Id))
        {
            return Admission.Cancelled(run);
        }

        if (stopped == StopReason.SoftTimeout)
        {
            exception = new JobTimeoutException($"The run was cancelled after its timeout of {TimeoutOf(run)}.", exception);
        }

        return OutcomeOf(policy.Decide(run.Delivery, run.Job!.Settings, exception), exception);
    }

    private static Outcome OutcomeOf(in FailureDecision decision, Exception exception)
    {
        var kind = decision.Verdict switch
        {
            FailureVerdict.Retried => OutcomeKind.Retried,
            FailureVerdict.Deferred => OutcomeKind.Deferred,
            FailureVerdict.DeadLettered => OutcomeKind.DeadLettered,
            _ => OutcomeKind.NotFound,
        };
        return new(kind, decision.Settlement, exception);
    }
}
