using Jobs.Brokers;
using Jobs.Claims;
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
internal sealed partial class JobRunner(
    FairGate gate,
    Admission admission,
    HandlerInvoker invoker,
    FailurePolicy policy,
    OutcomeReporter reporter,
    TimeProvider time,
    IWorkerObserver? observer = null,
    WorkerRecords? records = null,
    JobClaims? claims = null)
{
    // "Never" is often written as the longest duration there is, to which no grace can be added.
    private static readonly TimeSpan LongestTimeout = TimeSpan.FromDays(36_500);

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
            return DropUnstarted(run, takesNext);
        }

        if (!admission.IsPlain(run) && admission.Refuse(run) is { } refusal)
        {
            run.TryMove(RunPhase.Running, RunPhase.Settling);
            return End(run, refusal, takesNext: takesNext);
        }

        var mayHaveEnded = false;
        if (records is { KeepsStatus: true })
        {
            WorkerRecords.Begin(run);
            mayHaveEnded = run.Delivery.Deliveries > 1;
        }

        if (mayHaveEnded || NeedsClaims(run))
        {
            // A synchronous one is on a thread of its own, which may wait and is to stay on it.
            if (run.Job!.Handler!.IsSynchronous)
            {
                StartPrepared(run, PrepareAsync(run, mayHaveEnded).AsTask().GetAwaiter().GetResult());
            }
            else
            {
                _ = StartPreparedAsync(run, mayHaveEnded);
            }

            return null;
        }

        return Call(run, now, takesNext);
    }

    private bool NeedsClaims(JobRun run)
    {
        if (claims is not null)
        {
            return JobClaims.IsNeededBy(run);
        }

        if (run.Delivery.Message!.Attributes.Key is not null)
        {
            reporter.ReportKeyIgnored(run);
        }

        return false;
    }

    private async Task StartPreparedAsync(JobRun run, bool mayHaveEnded) =>
        StartPrepared(run, await PrepareAsync(run, mayHaveEnded).ConfigureAwait(false));

    // Asks the store what is to be known, and takes what is to be had, before a run starts. Null: it may.
    private async ValueTask<Outcome?> PrepareAsync(JobRun run, bool mayHaveEnded)
    {
        if (mayHaveEnded && run.Facts is { } facts && await records!.HasEndedAsync(facts).ConfigureAwait(false))
        {
            facts.IsTold = true;
            reporter.ReportKnown(run);
            return new Outcome(OutcomeKind.Succeeded, run.Settle(SettleKind.Complete));
        }

        return NeedsClaims(run) ? await claims!.TakeAsync(run).ConfigureAwait(false) : null;
    }

    private void StartPrepared(JobRun run, Outcome? refusal)
    {
        var now = time.GetTimestamp();
        if (IsLeaseLost(run, now))
        {
            DropUnstarted(run, takesNext: false);
            return;
        }

        refusal ??= run.StopReason switch
        {
            StopReason.HostStopping => Outcome.Released,
            StopReason.Cancelled => Admission.Cancelled(run),
            _ => null,
        };
        if (refusal is null)
        {
            Call(run, now, takesNext: false);
            return;
        }

        run.TryMove(RunPhase.Running, RunPhase.Settling);
        End(run, refusal);
    }

    private JobRun? Call(JobRun run, long now, bool takesNext)
    {
        SetDeadlines(run, now);
        records?.Started(run);
        reporter.ReportStarted(run);
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

    private JobRun? Ended(JobRun run, Exception? failure, bool takesNext)
    {
        // A run that was given up on has been settled; its slot is gone.
        if (!run.TryMove(RunPhase.Running, RunPhase.Settling))
        {
            claims?.Drop(run);
            reporter.ReportAbandonedEnd(run);
            return null;
        }

        if (run.StopReason == StopReason.LeaseLost || !run.IsDeliveryOurs)
        {
            return Drop(run, takesNext: takesNext);
        }

        return End(run, failure is null ? Outcome.Succeeded : Failed(run, failure), takesNext: takesNext);
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

    // Someone else has the job by now: saying anything about it would only confuse.
    private JobRun? Drop(JobRun run, bool wasBatch = false, bool takesNext = false)
    {
        LoseLease(run);
        return gate.Finish(run.Lane, wasBatch, run.IsExclusive, run, takesNext);
    }

    // The keeper may be about to stop it: not once it runs no more, for the slot would hand the cancelled token on to the next job.
    private JobRun? DropUnstarted(JobRun run, bool takesNext)
    {
        run.TryMove(RunPhase.Running, RunPhase.Settling);
        return Drop(run, takesNext: takesNext);
    }

    private void LoseLease(JobRun run)
    {
        if (run.Phase != RunPhase.Abandoned)
        {
            claims?.Drop(run);
        }

        reporter.ReportLeaseLost(run);
    }

    private static bool IsLeaseLost(JobRun run, long now) => run.StopReason == StopReason.LeaseLost || now >= run.LeaseEnds || !run.IsDeliveryOurs;

    private void SetDeadlines(JobRun run, long now)
    {
        var settings = run.Job!.Settings;
        run.SoftTimeout = (long)(TimeoutOf(run).Ticks * _timestampsPerTick);
        run.HardTimeout = run.SoftTimeout + (long)(settings.HardTimeoutGrace.Ticks * _timestampsPerTick);
        run.StartedAt = now;
    }

    private static TimeSpan TimeoutOf(JobRun run)
    {
        var timeout = run.Delivery.Message?.Attributes.Timeout ?? run.Job!.Settings.Timeout;
        return timeout < LongestTimeout ? timeout : LongestTimeout;
    }

    internal Outcome Failed(JobRun run, Exception exception) => Failed(run, exception, run.StopReason);

    private Outcome Failed(JobRun run, Exception exception, StopReason stopped)
    {
        // Of a batch, the others are not to blame for the first item's lost lease; what is not ours any more is dropped by whoever settles.
        if (stopped is StopReason.HostStopping or StopReason.LeaseLost or StopReason.ClaimLost || !run.IsDeliveryOurs)
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
