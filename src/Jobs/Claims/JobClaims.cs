using Jobs.Brokers;
using Jobs.Keys;
using Jobs.Running;
using Jobs.Settling;
using Jobs.Stores;
using Jobs.Telemetry;
using Microsoft.Extensions.Logging;

namespace Jobs.Claims;

/// <summary>Takes what a run needs in the store before it starts, and gives it back, or leaves what is to stay, when it has ended.</summary>
/// <remarks>
/// <para><b>Order.</b> Key, then sole right, then permit: a job that waits for a permit keeps its key, and one that need not run needs none. No
/// store, no run: it is put off until the store answers.</para>
/// <para><b>Before the broker is told</b>: the permit goes back, for nothing runs any more; the work of an idempotent job is marked as done, because a
/// worker that dies in between must not do it twice; the key is freed, or kept for as long as the job waits
/// (<see cref="JobKeys"/> says why in this order). Of what failed nothing is marked: it runs again.</para>
/// <para><b>After the broker was told</b>: the sole right of an idempotent job that succeeded goes back, once the marker holds without condition.
/// While jobs that it enqueued are on their way with the acknowledgement, the marker says so, and counts for nothing: its worker may die,
/// and they with it.</para>
/// <para>A run that was given up on keeps permit and sole right until it has really ended. Permits are held by a name that no other run has,
/// and go back by it, so that one that is late takes nothing from another.</para>
/// </remarks>
internal sealed class JobClaims(
    IJobStore store,
    JobKeys keys,
    ClaimKeeper keeper,
    ClaimTaker taker,
    DoneMarks marks,
    PendingTasks pending,
    JobsTelemetry telemetry,
    TimeProvider time,
    ILogger logger)
{
    /// <summary>How long the store has for an answer.</summary>
    public static readonly TimeSpan Patience = TimeSpan.FromSeconds(2);

    private readonly IPermitStore? _permits = store as IPermitStore;
    private int _isAway;

    /// <summary>True if a run needs anything. Asked of each, right before it would start.</summary>
    public static bool IsNeededBy(JobRun run) => run.Job!.NeedsClaims || run.Delivery.Message!.Attributes.Key is not null;

    /// <summary>Takes what a run needs. Does not throw.</summary>
    /// <returns>Null if it may start; else how it ends instead.</returns>
    public async ValueTask<Outcome?> TakeAsync(JobRun run)
    {
        RunClaims claims;
        try
        {
            claims = taker.Describe(run);
        }
        catch (Exception error)
        {
            // Of a payload that cannot be read no key can be made: it fails as it would in the handler.
            return run.Lane.Runner.Failed(run, error);
        }

        run.Claims = claims;
        try
        {
            CheckHealth();
            using var patience = OwnTimeout.After(Patience, time);
            var refusal = await taker.TakeAsync(run, claims, patience.Token).ConfigureAwait(false);
            NoteAnswer();
            if (refusal is null)
            {
                keeper.Add(claims);
                return null;
            }

            GiveBack(claims);
            return refusal;
        }
        catch (Exception error)
        {
            // What was asked for may have been given.
            NoteAway(error);
            GiveBack(claims);
            return taker.Refuse(run, claims, ClaimRefusals.Store);
        }
    }

    /// <summary>A run has ended and its outcome is set: what nobody else needs to wait for goes back. Does not throw.</summary>
    public void End(JobRun run)
    {
        if (run.Claims is not { } claims || run.Phase == RunPhase.Abandoned)
        {
            return;
        }

        GiveBack(claims.Limit);
        if (!ReferenceEquals(run.Outcome, Outcome.Succeeded))
        {
            GiveBack(claims.Sole);
        }
    }

    /// <summary>Takes a run whose outcome is final, if something is to be written before the broker is told: then it comes back by <see cref="JobRunner.OnClaimsWritten"/>.</summary>
    public bool TryTake(JobRun run)
    {
        var hasEnded = run.Outcome!.Kind is not (OutcomeKind.Retried or OutcomeKind.Deferred or OutcomeKind.Released);
        var claims = run.Claims;
        if (claims is null)
        {
            // It did not start.
            if (!hasEnded || run.Delivery.Message?.Attributes.Key is null)
            {
                return false;
            }

            run.Claims = claims = new RunClaims(run, owner: "");
        }

        var isDone = claims.Done is not null && ReferenceEquals(run.Outcome, Outcome.Succeeded);
        if (!isDone && (claims.Key is null || (!hasEnded && claims.KeyVersion == 0)))
        {
            return false;
        }

        if (run.EndedAt == 0)
        {
            run.EndedAt = time.GetTimestamp();
        }

        var writing = WriteAsync(run, claims, isDone, hasEnded);
        if (writing.IsCompleted)
        {
            return false;
        }

        _ = GoOnAsync(run, writing);
        return true;
    }

    /// <summary>The broker has answered what became of a run's outcome, or has failed to. Does not throw.</summary>
    public void Settled(JobRun run, SettleResult result)
    {
        if (run.Claims is not { } claims || run.Phase == RunPhase.Abandoned)
        {
            return;
        }

        if (claims.IsDoneUnconfirmed && result == SettleResult.Ok)
        {
            pending.Track(ConfirmAsync(claims));
        }
        else
        {
            GiveBack(claims);
        }
    }

    /// <summary>A run lost its lease, or one that was given up on has really ended: its key is the job's, the rest goes back. Does not throw.</summary>
    public void Drop(JobRun run)
    {
        if (run.Claims is { } claims)
        {
            GiveBack(claims);
        }
    }

    private async Task WriteAsync(JobRun run, RunClaims claims, bool isDone, bool hasEnded)
    {
        if (isDone)
        {
            await marks.MarkAsync(claims, run.Held?.Count ?? 0).ConfigureAwait(false);
        }

        if (claims.Key is { } key)
        {
            // A renewal that comes late would bring back what is freed.
            var due = run.Outcome!.Settlement.Due;
            await keeper.LetGoOfKeyAsync(claims).ConfigureAwait(false);
            await TryAsync(
                token => hasEnded
                    ? keys.FreeAsync(key, claims.Id, claims.Order, claims.KeyVersion, token)
                    : Await(keys.WaitAsync(key, claims.Id, claims.Order, due, token)),
                claims).ConfigureAwait(false);
        }

        static async ValueTask Await(ValueTask<KeyClaim> claim) => await claim.ConfigureAwait(false);
    }

    private async Task ConfirmAsync(RunClaims claims)
    {
        // Not confirmed, the marker counts for nothing: another job with the key does the work again.
        await TryAsync(token => marks.ConfirmAsync(claims, token), claims).ConfigureAwait(false);
        GiveBack(claims);
    }

    private static async Task GoOnAsync(JobRun run, Task writing)
    {
        await writing.ConfigureAwait(ConfigureAwaitOptions.SuppressThrowing);
        run.Lane.Runner.OnClaimsWritten(run);
    }

    private void GiveBack(RunClaims claims)
    {
        keeper.Remove(claims);
        GiveBack(claims.Limit);
        GiveBack(claims.Sole);
    }

    private void GiveBack(HeldPermit? permit)
    {
        if (permit?.TryGiveBack() == true)
        {
            using var clean = CleanContext.Enter();
            pending.Track(TryAsync(async token => await _permits!.ReleaseAsync(permit.Name, permit.Claims.Owner, token).ConfigureAwait(false), permit.Claims));
        }
    }

    // What fails here heals by expiry.
    private async Task TryAsync(Func<CancellationToken, ValueTask> act, RunClaims claims)
    {
        try
        {
            using var patience = OwnTimeout.After(Patience, time);
            await act(patience.Token).ConfigureAwait(false);
        }
        catch (Exception error)
        {
            telemetry.ErrorSwallowed("claims");
            Log.ClaimNotGivenBack(logger, error, claims.Job, claims.Id, store.Name);
        }
    }

    // A store that is known to be away is not waited for by each run in turn.
    private void CheckHealth()
    {
        if (store.Health is { Status: not BrokerStatus.Connected } health && time.GetUtcNow() - health.Since > Patience)
        {
            throw new IOException($"Store '{store.Name}' is away: {health.Error}");
        }
    }

    private void NoteAnswer()
    {
        if (Volatile.Read(ref _isAway) != 0 && Interlocked.Exchange(ref _isAway, 0) != 0)
        {
            Log.ClaimsRecovered(logger, store.Name);
        }
    }

    private void NoteAway(Exception error)
    {
        telemetry.ErrorSwallowed("claims");
        if (Interlocked.Exchange(ref _isAway, 1) == 0)
        {
            Log.ClaimsAway(logger, error, store.Name);
        }
    }
}
