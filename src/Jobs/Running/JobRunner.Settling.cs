using Jobs.Brokers;
using Jobs.Settling;

namespace Jobs.Running;

/// <content>From the outcome of a run to the broker's answer.</content>
internal sealed partial class JobRunner
{
    /// <summary>Settles a run that holds no permit. The caller has moved it out of <see cref="RunPhase.Waiting"/> or <see cref="RunPhase.Running"/>.</summary>
    public void SettleWithoutPermit(JobRun run, Outcome outcome)
    {
        if (!run.Owns(outcome))
        {
            LoseLease(run);
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
                LoseLease(run);
                gate.Return(run);
                return;
            }

            // A result is part of success.
            run.Outcome = Failed(run, error);
        }

        if (Tell(run, othersFollow: true))
        {
            gate.Return(run);
        }
    }

    /// <summary>Goes on when what a run leaves in the store is there, or could not be.</summary>
    public void OnClaimsWritten(JobRun run)
    {
        if (!run.IsDeliveryOurs)
        {
            LoseLease(run);
            gate.Return(run);
            return;
        }

        reporter.Announce(run);
        if (TellBroker(run, othersFollow: false))
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
    public void OnSettled(JobRun run, SettleResult result)
    {
        reporter.Report(run, result);
        claims?.Settled(run, result);
    }

    /// <summary>Called when a whole flush failed; each of its outcomes is reported as unknown as well.</summary>
    public void OnSettleFailed(QueueLane lane, int count, Exception exception) => reporter.ReportFlushFailed(lane.Name, count, exception);

    // True if it is settled already. What is told of it is written first, and then it comes back by OnRecorded.
    private bool Settle(JobRun run)
    {
        claims?.End(run);
        if (records?.TryTake(run) == true)
        {
            return false;
        }

        return Tell(run, othersFollow: false);
    }

    // True if it is settled already. What it leaves in the store is written first, and then it comes back by OnClaimsWritten.
    private bool Tell(JobRun run, bool othersFollow)
    {
        if (claims?.TryTake(run) == true)
        {
            return false;
        }

        reporter.Announce(run);
        return TellBroker(run, othersFollow);
    }

    private static bool TellBroker(JobRun run, bool othersFollow)
    {
        var outcome = run.Outcome!;
        if (outcome.Kind == OutcomeKind.DeadLettered)
        {
            return run.Lane.DeadLetterSettler.Add(run, othersFollow);
        }

        var isMerelyDone = ReferenceEquals(outcome, Outcome.Succeeded)
            ? run.Held is null
            : outcome.Settlement is { Delivery: not null, Kind: SettleKind.Complete, Then: null };
        return (isMerelyDone ? run.Lane.Settler : run.Lane.StoringSettler).Add(run, othersFollow);
    }
}
