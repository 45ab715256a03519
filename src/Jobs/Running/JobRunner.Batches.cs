using Jobs.Definitions;
using Jobs.Settling;
using Jobs.Status;

namespace Jobs.Running;

/// <content>Batches: one permit, token and deadline for many deliveries, each with an outcome of its own.</content>
internal sealed partial class JobRunner
{
    private async Task RunBatchAsync(JobRun lead, BatchJobHandler handler, long now)
    {
        var runs = lead.Batch ?? [lead];
        var wasBatch = lead.Batch is not null;
        var outcomes = new Outcome?[runs.Count];
        var items = new BatchItems(handler, runs.Count);
        var admitted = Admit(lead, runs, outcomes, now);
        if (admitted.Exists(i => NeedsClaims(runs[i])))
        {
            // A synchronous one is on a thread of its own, which may wait and is to stay on it.
            var taking = TakeClaimsAsync(runs, admitted, outcomes);
            if (handler.IsSynchronous)
            {
                taking.GetAwaiter().GetResult();
            }
            else
            {
                await taking.ConfigureAwait(false);
            }

            now = time.GetTimestamp();
        }

        Collect(runs, admitted, outcomes, items);
        Exception? failure = null;
        if (items.Count > 0)
        {
            SetDeadlines(lead, now);
            for (var j = 0; j < items.Count; j++)
            {
                reporter.ReportStarted(items[j].Run);
            }

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
            for (var j = 0; j < items.Count; j++)
            {
                claims?.Drop(items[j].Run);
            }

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
                LoseLease(run);
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

    // Which items may run; the others have an outcome, or none if their lease is lost.
    private List<int> Admit(JobRun lead, IReadOnlyList<JobRun> runs, Outcome?[] outcomes, long now)
    {
        // The first item holds the token of all, and that is cancelled: the others get another batch.
        var isLeaderless = IsLeaseLost(lead, now);
        var admitted = new List<int>(runs.Count);
        for (var i = 0; i < runs.Count; i++)
        {
            var run = runs[i];
            run.IsCollecting = false;
            if ((run != lead && !run.TryClaim()) || IsLeaseLost(run, now))
            {
                continue;
            }

            outcomes[i] = isLeaderless ? Outcome.Released : admission.Refuse(run);
            if (outcomes[i] is null)
            {
                admitted.Add(i);
            }
        }

        return admitted;
    }

    private async Task TakeClaimsAsync(IReadOnlyList<JobRun> runs, List<int> admitted, Outcome?[] outcomes)
    {
        var taking = new List<Task>();
        foreach (var i in admitted)
        {
            if (NeedsClaims(runs[i]))
            {
                taking.Add(TakeAsync(i));
            }
        }

        await Task.WhenAll(taking).ConfigureAwait(false);

        async Task TakeAsync(int i) => outcomes[i] = await claims!.TakeAsync(runs[i]).ConfigureAwait(false);
    }

    private void Collect(IReadOnlyList<JobRun> runs, List<int> admitted, Outcome?[] outcomes, BatchItems items)
    {
        foreach (var i in admitted)
        {
            var run = runs[i];
            if (run.StopReason == StopReason.LeaseLost || !run.IsDeliveryOurs)
            {
                outcomes[i] = null;
                continue;
            }

            outcomes[i] ??= items.Add(run, i, this);
            if (records is { KeepsStatus: true } && outcomes[i] is null)
            {
                WorkerRecords.Begin(run);
                records.Started(run);
            }
        }
    }
}
