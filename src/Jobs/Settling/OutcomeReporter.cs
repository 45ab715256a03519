using Jobs.Brokers;
using Jobs.Messages;
using Jobs.Results;
using Jobs.Running;
using Jobs.Stores;
using Jobs.Telemetry;
using Microsoft.Extensions.Logging;

namespace Jobs.Settling;

/// <summary>Says how runs ended: to logs and metrics before the broker is told, to store and failure handlers after.</summary>
internal sealed class OutcomeReporter(
    JobsTelemetry telemetry,
    IJobFailureHandler[] failureHandlers,
    IJobStore? store,
    TimeSpan resultRetention,
    TimeSpan unknownJobGrace,
    PendingTasks pending,
    TimeProvider time,
    ILogger logger,
    IWorkerObserver? observer = null)
{
    /// <summary>Called once per outcome, while the delivery still is the run's.</summary>
    /// <remarks>Does not throw: a broken log provider must not cost a permit.</remarks>
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

    /// <summary>Called once per outcome, when the broker has answered or failed to. Does not throw.</summary>
    public void Report(JobRun run, SettleResult result)
    {
        if (result == SettleResult.Ok && ReferenceEquals(run.Outcome, Outcome.Succeeded))
        {
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
            AnnounceFailure(run, outcome);
        }
        else if (logger.IsEnabled(LogLevel.Debug))
        {
            Log.RunSucceeded(logger, run.Name, run.Id, DurationOf(run).TotalMilliseconds);
        }
    }

    private void ReportCore(JobRun run, Outcome outcome, SettleResult result)
    {
        switch (result)
        {
            case SettleResult.Ok when outcome.Kind is OutcomeKind.DeadLettered:
                telemetry.DeadLettered(run.Name, run.Lane.Name, outcome.Settlement.Reason!);
                Follow(run.Death!, run.Job?.Definition.HasResult == true);
                break;
            case SettleResult.Ok when outcome.Kind is OutcomeKind.Retried:
                telemetry.Retried(run.Name, run.Lane.Name);
                break;
            case SettleResult.Ok when outcome.Kind is OutcomeKind.Expired && run.Job?.Definition.HasResult == true:
                Track(StoreAsync(run.Id, run.Name, ResultRecord.EncodeCancelled(Outcomes.Expired)));
                break;
            case SettleResult.Ok when outcome.Kind is OutcomeKind.NotFound && run.Job?.Definition.HasResult == true:
                Track(StoreAsync(run.Id, run.Name, ResultRecord.EncodeCancelled(Outcomes.NotFound)));
                break;
            case SettleResult.LeaseLost:
                telemetry.LeaseLost(run.Name, run.Lane.Name);
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
        telemetry.LeaseLost(run.Name, run.Lane.Name);
        Log.LeaseLost(logger, run.Name, run.Id);
        EndSpan(run, Outcomes.LeaseLost, error: null);
    }

    public void ReportAbandoned(JobRun run, Exception error)
    {
        observer?.Abandoned(run);
        telemetry.Processed(run.Name, run.Lane.Name, Outcomes.Abandoned, DurationOf(run));
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
        Log.SettleFailed(logger, error, count, queue);
    }

    /// <summary>Stores a result before its job completes, so that whoever sees the end finds it.</summary>
    public async ValueTask StoreResultAsync(JobRun run, ResultBuffer result) =>
        await store!.PutAsync(ResultRecord.KeyOf(run.Id), ResultRecord.EncodeSucceeded(result.Json.Span), StoreCondition.Always, resultRetention).ConfigureAwait(false);

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

    private void Follow(JobFailureContext death, bool storesResult)
    {
        if (failureHandlers.Length > 0)
        {
            // On a clean context: the thread that reports is some other job's, with that one's ambient values.
            pending.Add();
            ThreadPool.UnsafeQueueUserWorkItem(static state => _ = state.Reporter.TellAsync(state.Death), (Reporter: this, Death: death), preferLocal: false);
        }

        if (storesResult)
        {
            Track(StoreAsync(death.Id, death.Name, ResultRecord.EncodeDeadLettered(death.Reason, death.Error)));
        }
    }

    private async Task TellAsync(JobFailureContext death)
    {
        foreach (var handler in failureHandlers)
        {
            try
            {
                await handler.OnDeadLetteredAsync(death, CancellationToken.None).ConfigureAwait(false);
            }
            catch (Exception exception)
            {
                telemetry.ErrorSwallowed("failure-handler");
                Log.FailureHandlerFailed(logger, exception, handler.GetType().Name, death.Name, death.Id);
            }
        }

        pending.Remove();
    }

    private async Task StoreAsync(JobId id, string name, byte[] record)
    {
        if (store is null)
        {
            return;
        }

        try
        {
            await store.PutAsync(ResultRecord.KeyOf(id), record, StoreCondition.Always, resultRetention).ConfigureAwait(false);
        }
        catch (Exception exception)
        {
            telemetry.ErrorSwallowed("result");
            Log.ResultNotStored(logger, exception, name, id);
        }
    }

    private void Track(Task task)
    {
        pending.Add();
        _ = RemoveWhenDoneAsync(task);
    }

    private async Task RemoveWhenDoneAsync(Task task)
    {
        await task.ConfigureAwait(false);
        pending.Remove();
    }

    private void Measure(JobRun run, OutcomeKind kind)
    {
        // A producer in another language need not say when it enqueued.
        if (run.StartedAt != 0 && run.Delivery.Message is { } message && (message.EffectiveDue ?? message.EnqueuedAt) is var since && since != default)
        {
            var latency = time.GetUtcNow() - DurationOf(run) - since;
            telemetry.Started(run.Name, run.Lane.Name, latency < TimeSpan.Zero ? TimeSpan.Zero : latency);
        }

        telemetry.Processed(run.Name, run.Lane.Name, NameOf(kind), DurationOf(run));
    }

    private TimeSpan DurationOf(JobRun run) => run.StartedAt == 0 ? TimeSpan.Zero : time.GetElapsedTime(run.StartedAt);

    private TimeSpan DelayOf(in Settlement settlement) => settlement.Due is { } due ? due - time.GetUtcNow() : TimeSpan.Zero;

    private static string NameOf(OutcomeKind kind) => kind switch
    {
        OutcomeKind.Succeeded or OutcomeKind.NotFound => Outcomes.Succeeded,
        OutcomeKind.Retried => Outcomes.Retried,
        OutcomeKind.Deferred => Outcomes.Deferred,
        OutcomeKind.Released => Outcomes.Released,
        OutcomeKind.DeadLettered => Outcomes.DeadLettered,
        _ => Outcomes.Expired,
    };
}
