using Jobs.Brokers;
using Jobs.Cancelling;
using Jobs.Checkpoints;
using Jobs.Keys;
using Jobs.Messages;
using Jobs.Results;
using Jobs.Running;
using Jobs.Schedules;
using Jobs.Status;
using Jobs.Telemetry;
using Microsoft.Extensions.Logging;

namespace Jobs.Settling;

/// <summary>Says how runs ended: to logs and metrics before the broker is told, to store and failure handlers after.</summary>
/// <remarks>Does not throw: what listens to metrics and spans must not cost a permit.</remarks>
internal sealed class OutcomeReporter(
    JobsTelemetry telemetry,
    IJobFailureHandler[] failureHandlers,
    WorkerRecords? records,
    TimeSpan unknownJobGrace,
    PendingTasks pending,
    TimeProvider time,
    ILogger logger,
    IWorkerObserver? observer = null,
    CancelWatch? cancels = null,
    ScheduledRuns? scheduled = null,
    CheckpointStore? checkpoints = null)
{
    private int _isKeyIgnored;

    /// <summary>Called once per outcome, while the delivery still is the run's.</summary>
    public void Announce(JobRun run)
    {
        observer?.Ending(run);
        var outcome = run.Outcome!;
        try
        {
            AnnounceCore(run, outcome);
        }
        catch (Exception)
        {
            telemetry.ErrorSwallowed("report");
        }

        EndSpan(run, NameOf(outcome.Kind), outcome.Kind is OutcomeKind.Retried or OutcomeKind.DeadLettered ? outcome.Exception : null);
    }

    /// <summary>Called once per outcome, when the broker has answered or failed to.</summary>
    public void Report(JobRun run, SettleResult result)
    {
        if (checkpoints is not null && result == SettleResult.Ok && run.Job?.Handler is { UsesCheckpoint: true })
        {
            pending.Track(checkpoints.SettledAsync(run));
        }

        if (result == SettleResult.Ok && ReferenceEquals(run.Outcome, Outcome.Succeeded))
        {
            if (run.Held is HeldMessages { HasKeys: true } held)
            {
                pending.Track(held.ConfirmAsync());
            }

            return;
        }

        try
        {
            ReportCore(run, run.Outcome!, result);
        }
        catch (Exception)
        {
            telemetry.ErrorSwallowed("report");
        }
    }

    /// <summary>Tells that a run is about to start.</summary>
    public void ReportStarted(JobRun run)
    {
        if (logger.IsEnabled(LogLevel.Debug))
        {
            Log.RunStarted(logger, run.Name, run.Id, run.Delivery.Message!.State.Attempt);
        }
    }

    private void AnnounceCore(JobRun run, Outcome outcome)
    {
        if (telemetry.MeasuresRuns)
        {
            Measure(run, outcome.Kind);
        }

        if (outcome.Kind is OutcomeKind.Retried or OutcomeKind.DeadLettered)
        {
            run.Lane.CountFailure();
        }

        if (outcome.Kind != OutcomeKind.Succeeded)
        {
            // After it is settled, its message is not there to say.
            run.ResultOrder = run.Job?.Definition.HasResult == true ? WorkerRecords.OrderOf(run) : 0;
            AnnounceFailure(run, outcome);
        }
        else if (logger.IsEnabled(LogLevel.Debug))
        {
            Log.RunSucceeded(logger, run.Name, run.Id, DurationOf(run).TotalMilliseconds);
        }
    }

    private void ReportCore(JobRun run, Outcome outcome, SettleResult result)
    {
        if (scheduled is not null && result == SettleResult.Ok && outcome.Kind is OutcomeKind.DeadLettered or OutcomeKind.Expired or OutcomeKind.Cancelled or OutcomeKind.Conflict or OutcomeKind.NotFound && ScheduledRuns.IsOne(run.Id))
        {
            pending.Track(scheduled.EndAsync(run.Id));
        }

        switch (result)
        {
            case SettleResult.Ok when outcome.Kind is OutcomeKind.DeadLettered:
                telemetry.DeadLettered(run.Tag, run.Lane.Name, outcome.Settlement.Reason!);
                Follow(run, run.Death!);
                break;
            case SettleResult.Ok when outcome.Kind is OutcomeKind.Retried:
                telemetry.Retried(run.Tag, run.Lane.Name);
                break;
            case SettleResult.Ok when outcome.Kind is OutcomeKind.Expired:
                StoreFailure(run, ResultRecord.EncodeCancelled(Outcomes.Expired));
                break;
            case SettleResult.Ok when outcome.Kind is OutcomeKind.NotFound:
                StoreFailure(run, ResultRecord.EncodeCancelled(Outcomes.NotFound));
                break;
            case SettleResult.Ok when outcome.Kind is OutcomeKind.Conflict:
                StoreFailure(run, ResultRecord.EncodeCancelled(Outcomes.Conflict));
                break;
            case SettleResult.Ok when outcome.Kind is OutcomeKind.Cancelled:
                StoreFailure(run, ResultRecord.EncodeCancelled(Outcomes.Cancelled));
                pending.Track(cancels!.ForgetAsync(run.Id));
                break;
            case SettleResult.LeaseLost:
                telemetry.LeaseLost(run.Tag, run.Lane.Name);
                Log.SettledTooLate(logger, run.Name, run.Id, NameOf(outcome.Kind));
                break;
            case SettleResult.Unknown:
                observer?.Unanswered(run);
                Log.SettleUnknown(logger, run.Name, run.Id, NameOf(outcome.Kind));
                break;
            default:
                break;
        }
    }

    /// <summary>A run whose lease was lost ended, or was not started: nothing is settled.</summary>
    public void ReportLeaseLost(JobRun run)
    {
        observer?.LeaseLost(run);
        telemetry.LeaseLost(run.Tag, run.Lane.Name);
        Log.LeaseLost(logger, run.Name, run.Id);

        EndSpan(run, Outcomes.LeaseLost, error: null);
    }

    /// <summary>A run starts whose unique key nobody keeps, for there is no store. Said of the first only.</summary>
    public void ReportKeyIgnored(JobRun run)
    {
        if (Interlocked.Exchange(ref _isKeyIgnored, 1) == 0)
        {
            Log.KeyIgnored(logger, run.Name, run.Id);
        }
    }

    public void ReportKnown(JobRun run) => Log.RunKnownToHaveSucceeded(logger, run.Name, run.Id);

    public void ReportAbandoned(JobRun run, Exception error)
    {
        observer?.Abandoned(run);
        telemetry.Processed(run.Tag, run.Lane.Name, Outcomes.Abandoned, DurationOf(run));
        Log.RunAbandoned(logger, run.Name, run.Id, run.Job!.Settings.HardTimeoutGrace, run.Job.Handler!.Location);

        EndSpan(run, Outcomes.Abandoned, error);
    }

    public void ReportAbandonedEnd(JobRun run)
    {
        Log.AbandonedRunEnded(logger, run.Name, run.Id);

        // It may have been given up on before it had a span.
        EndSpan(run, Outcomes.Abandoned, error: null);
    }

    public void ReportFlushFailed(string queue, int count, Exception error)
    {
        telemetry.ErrorSwallowed("settle");
        Log.SettleFailed(logger, error, queue, count);
    }

    private void EndSpan(JobRun run, string outcome, Exception? error)
    {
        if (run.TakeSpan() is not { } span)
        {
            return;
        }

        try
        {
            JobSpans.EndRun(span, outcome, error);
        }
        catch (Exception)
        {
            telemetry.ErrorSwallowed("report");
        }
    }

    private void AnnounceFailure(JobRun run, Outcome outcome)
    {
        var message = run.Delivery.Message;
        var settlement = outcome.Settlement;
        switch (outcome.Kind)
        {
            case OutcomeKind.Retried:
                Log.RunRetried(
                    logger,
                    outcome.Exception!,
                    run.Name,
                    run.Id,
                    message!.State.Attempt,
                    message.Attributes.MaxAttempts ?? run.Job!.Settings.MaxAttempts,
                    DurationOf(run).TotalMilliseconds,
                    DelayOf(settlement));
                break;
            case OutcomeKind.DeadLettered when message is null:
                run.Death = Describe(run, outcome);
                Log.MessageUndecodable(logger, run.Delivery.BrokerMessageId, run.Lane.Name, settlement.Error!);
                break;
            case OutcomeKind.DeadLettered:
                run.Death = Describe(run, outcome);
                Log.RunDeadLettered(logger, outcome.Exception, run.Name, run.Id, message.State.Attempt, settlement.Reason!);
                break;
            case OutcomeKind.Deferred when settlement.UnknownSince is not null:
                Log.JobUnknown(logger, run.Name, message!.Version, run.Id, run.Lane.Name, DelayOf(settlement), unknownJobGrace);
                break;
            case OutcomeKind.Deferred when logger.IsEnabled(LogLevel.Debug):
                Log.RunDeferred(logger, run.Name, run.Id, DelayOf(settlement));
                break;
            case OutcomeKind.Expired:
                Log.JobExpired(logger, run.Name, run.Id);
                break;
            case OutcomeKind.Cancelled:
                Log.JobCancelled(logger, run.Name, run.Id);
                break;
            case OutcomeKind.NotFound:
                Log.RunNotFound(logger, outcome.Exception!, run.Name, run.Id);
                break;
            default:
                break;
        }
    }

    private JobFailureContext Describe(JobRun run, Outcome outcome)
    {
        var message = run.Delivery.Message;
        return new JobFailureContext
        {
            Id = run.Id,
            Name = run.Name,
            Queue = run.Lane.Name,
            Reason = outcome.Settlement.Reason!,
            Error = outcome.Settlement.Error,
            Exception = outcome.Exception,
            Attempt = message?.State.Attempt ?? 0,
            // The delivery's own message goes back to the adapter when it is settled.
            Message = failureHandlers.Length == 0 ? null : message?.WithState(outcome.Settlement.NextState()),
        };
    }

    private void Follow(JobRun run, JobFailureContext death)
    {
        if (failureHandlers.Length > 0)
        {
            // On a clean context: the thread that reports is some other job's, with that one's ambient values.
            pending.Add();
            ThreadPool.UnsafeQueueUserWorkItem(static state => _ = state.Reporter.TellAsync(state.Death), (Reporter: this, Death: death), preferLocal: false);
        }

        StoreFailure(run, ResultRecord.EncodeDeadLettered(death.Reason, death.Error));
    }

    private async Task TellAsync(JobFailureContext death)
    {
        try
        {
            foreach (var handler in failureHandlers)
            {
                await TellAsync(handler, death).ConfigureAwait(false);
            }
        }
        finally
        {
            pending.Remove();
        }
    }

    private async ValueTask TellAsync(IJobFailureHandler handler, JobFailureContext death)
    {
        try
        {
            await handler.OnDeadLetteredAsync(death, CancellationToken.None).ConfigureAwait(false);
        }
        catch (Exception exception)
        {
            telemetry.ErrorSwallowed("failure-handler");
            Log.FailureHandlerFailed(logger, exception, death.Name, death.Id, handler.GetType().Name);
        }
    }

    private void StoreFailure(JobRun run, byte[] record)
    {
        if (records is not null && run.Job?.Definition.HasResult == true)
        {
            pending.Track(records.StoreFailureAsync(run.Id, run.Name, run.ResultOrder, record));
        }
    }

    private void Measure(JobRun run, OutcomeKind kind)
    {
        // A producer in another language need not say when it enqueued.
        if (run.StartedAt != 0 && run.Delivery.Message is { } message && (message.EffectiveDue ?? message.EnqueuedAt) is var since && since != default)
        {
            var latency = time.GetUtcNow() - DurationOf(run) - since;
            telemetry.Started(run.Tag, run.Lane.Name, latency < TimeSpan.Zero ? TimeSpan.Zero : latency);
        }

        telemetry.Processed(run.Tag, run.Lane.Name, NameOf(kind), DurationOf(run));
    }

    private TimeSpan DurationOf(JobRun run) => run.StartedAt == 0 ? TimeSpan.Zero
        : run.EndedAt == 0 ? time.GetElapsedTime(run.StartedAt)
        : time.GetElapsedTime(run.StartedAt, run.EndedAt);

    private TimeSpan DelayOf(in Settlement settlement) => settlement.Due is { } due ? due - time.GetUtcNow() : TimeSpan.Zero;

    private static string NameOf(OutcomeKind kind) => kind switch
    {
        OutcomeKind.Succeeded or OutcomeKind.NotFound => Outcomes.Succeeded,
        OutcomeKind.Retried => Outcomes.Retried,
        OutcomeKind.Deferred => Outcomes.Deferred,
        OutcomeKind.Released => Outcomes.Released,
        OutcomeKind.DeadLettered => Outcomes.DeadLettered,
        OutcomeKind.Cancelled => Outcomes.Cancelled,
        OutcomeKind.Conflict => Outcomes.Conflict,
        _ => Outcomes.Expired,
    };
}
