using System.Security.Cryptography;
using Jobs.Brokers;
using Jobs.Keys;
using Jobs.Results;
using Jobs.Retrying;
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
    FailurePolicy policy,
    PendingTasks pending,
    JobsTelemetry telemetry,
    TimeSpan resultRetention,
    TimeProvider time,
    ILogger logger,
    CancellationToken giveUp)
{
    // Of a lease, what a permit outlives it by at least: a job that comes back after a crash may find the permit of its dead run.
    private static readonly TimeSpan LeastMargin = TimeSpan.FromSeconds(5);
    private static readonly TimeSpan Patience = TimeSpan.FromSeconds(2);

    // How long a job whose work is done waits for a store that cannot be told so.
    private static readonly TimeSpan DonePatience = TimeSpan.FromSeconds(30);

    private readonly IPermitStore? _permits = store as IPermitStore;
    private readonly ClaimWait _wait = new(time, policy);
    private readonly string _worker = RandomNumberGenerator.GetHexString(16, lowercase: true);
    private long _runs;
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
            claims = Describe(run);
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
            using var patience = new CancellationTokenSource(Patience, time);
            var refusal = await TakeAsync(run, claims, patience.Token).ConfigureAwait(false);
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
            return Refuse(run, claims, ClaimRefusals.Store);
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
            Track(ConfirmAsync(claims));
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

    private RunClaims Describe(JobRun run)
    {
        var (job, message) = (run.Job!, run.Delivery.Message!);
        var (definition, settings) = (job.Definition, job.Settings);
        var lease = run.Lane.Lease;
        var claims = new RunClaims(run, $"{message.Id}/{_worker}-{Interlocked.Increment(ref _runs)}")
        {
            Expiry = lease + (lease / 2 > LeastMargin ? lease / 2 : LeastMargin),
        };
        if (settings.ConcurrencyLimit is { } limit)
        {
            var key = message.Attributes.ConcurrencyKey ?? definition.GetConcurrencyKey(message);
            claims.Limit = new HeldPermit(claims, key is null ? ClaimNames.LimitOfJob(definition.Name) : ClaimNames.Limit(key), limit);
        }

        if (settings.IdempotencyRetention is { } retention)
        {
            var key = definition.GetIdempotencyKey(message) ?? message.Id.ToString();
            claims.Sole = new HeldPermit(claims, ClaimNames.Run(definition.Name, key), limit: 1);
            claims.Done = ClaimNames.Done(definition.Name, key);
            claims.DoneRetention = retention;
        }

        return claims;
    }

    private async ValueTask<Outcome?> TakeAsync(JobRun run, RunClaims claims, CancellationToken cancellationToken)
    {
        var now = time.GetTimestamp();
        claims.RenewAt = now + Timestamps(claims.Expiry / 4);
        if (claims.Key is { } key)
        {
            var claim = await keys.HoldAsync(key, claims.Id, claims.Order, cancellationToken).ConfigureAwait(false);
            if (!claim.IsMine)
            {
                return RefuseKey(run, claims, claim);
            }

            claims.KeyVersion = claim.Version;
            claims.RenewKeyAt = now + Timestamps(keeper.KeyPeriod);
        }

        if (claims.Sole is { } sole)
        {
            // The marker is read under the right to be the only one: read before, it could be written in between.
            var isSole = await AcquireAsync(sole, now, cancellationToken).ConfigureAwait(false);
            var entry = await store.GetAsync(claims.Done!, cancellationToken).ConfigureAwait(false);
            if (entry is not null && DoneMarker.TryDecode(entry.Value, out var marker) && marker.Value.Held == 0)
            {
                return await RepeatAsync(run, claims, marker.Value, cancellationToken).ConfigureAwait(false);
            }

            if (!isSole)
            {
                return Refuse(run, claims, ClaimRefusals.InProgress);
            }
        }

        return claims.Limit is null || await AcquireAsync(claims.Limit, now, cancellationToken).ConfigureAwait(false)
            ? null
            : Refuse(run, claims, ClaimRefusals.Limit);
    }

    private async ValueTask<bool> AcquireAsync(HeldPermit permit, long now, CancellationToken cancellationToken)
    {
        permit.Ask();
        permit.ExpiresAt = now + Timestamps(permit.Claims.Expiry);
        if (await _permits!.AcquireAsync(permit.Name, permit.Claims.Owner, permit.Limit, permit.Claims.Expiry, cancellationToken).ConfigureAwait(false))
        {
            return true;
        }

        permit.TryGiveBack();
        return false;
    }

    private Outcome RefuseKey(JobRun run, RunClaims claims, KeyClaim other)
    {
        if (other.Record.Id == claims.Id)
        {
            // A later delivery has it: the broker will say that this one has lost its lease.
            return Outcome.Released;
        }

        if (other.IsUndecided)
        {
            return Refuse(run, claims, ClaimRefusals.Key);
        }

        telemetry.ClaimRefused(claims.Job, run.Lane.Name, ClaimRefusals.Conflict);
        Log.KeyConflict(logger, claims.Job, claims.Id, other.Record.Id);
        return new Outcome(OutcomeKind.Conflict, run.Settle(SettleKind.Complete));
    }

    private Outcome Refuse(JobRun run, RunClaims claims, string reason)
    {
        telemetry.ClaimRefused(claims.Job, run.Lane.Name, reason);
        return new Outcome(OutcomeKind.Deferred, _wait.Defer(run.Delivery, claims.WaitsSince));
    }

    private async ValueTask<Outcome> RepeatAsync(JobRun run, RunClaims claims, DoneMarker marker, CancellationToken cancellationToken)
    {
        if (marker.Job != claims.Id && run.Job!.Definition.HasResult)
        {
            // Who waits for this job waits for what the other has found.
            var result = await store.GetAsync(ResultRecord.KeyOf(marker.Job), cancellationToken).ConfigureAwait(false);
            await store.PutAsync(
                ResultRecord.KeyOf(claims.Id),
                result?.Value ?? ResultRecord.EncodeCancelled(Outcomes.Repeated),
                StoreCondition.IfNotNewer(claims.Order),
                resultRetention,
                cancellationToken).ConfigureAwait(false);
        }

        telemetry.RunSpared(claims.Job);
        Log.RunSpared(logger, claims.Job, claims.Id, marker.Job);
        return new Outcome(OutcomeKind.Succeeded, run.Settle(SettleKind.Complete));
    }

    private async Task WriteAsync(JobRun run, RunClaims claims, bool isDone, bool hasEnded)
    {
        if (isDone)
        {
            await MarkAsync(run, claims).ConfigureAwait(false);
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

    // The broker is not told before: a worker that dies would leave work that is done, and nobody who knows.
    private async Task MarkAsync(JobRun run, RunClaims claims)
    {
        var held = run.Held?.Count ?? 0;
        var since = time.GetTimestamp();
        var pause = new RetryPause(TimeSpan.FromMilliseconds(200), TimeSpan.FromSeconds(5), time);
        while (true)
        {
            try
            {
                await PutAsync(claims, held).ConfigureAwait(false);
                claims.IsDoneUnconfirmed = held > 0;
                return;
            }
            catch (Exception error)
            {
                telemetry.ErrorSwallowed("claims");
                if (giveUp.IsCancellationRequested || time.GetElapsedTime(since) >= DonePatience)
                {
                    Log.NotMarkedDone(logger, error, claims.Job, claims.Id);
                    return;
                }
            }

            await pause.WaitAsync(giveUp).ConfigureAwait(ConfigureAwaitOptions.SuppressThrowing);
        }
    }

    private async Task ConfirmAsync(RunClaims claims)
    {
        // Not confirmed, the marker counts for nothing: another job with the key does the work again.
        await TryAsync(async _ => await PutAsync(claims, held: 0).ConfigureAwait(false), claims).ConfigureAwait(false);
        GiveBack(claims);
    }

    private async ValueTask PutAsync(RunClaims claims, int held)
    {
        using var patience = new CancellationTokenSource(Patience, time);
        await store.PutAsync(claims.Done!, new DoneMarker(claims.Id, held).Encode(), StoreCondition.Always, claims.DoneRetention, patience.Token).ConfigureAwait(false);
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
            Track(TryAsync(async token => await _permits!.ReleaseAsync(permit.Name, permit.Claims.Owner, token).ConfigureAwait(false), permit.Claims));
        }
    }

    // What fails here heals by expiry.
    private async Task TryAsync(Func<CancellationToken, ValueTask> act, RunClaims claims)
    {
        try
        {
            using var patience = new CancellationTokenSource(Patience, time);
            await act(patience.Token).ConfigureAwait(false);
        }
        catch (Exception error)
        {
            telemetry.ErrorSwallowed("claims");
            Log.ClaimNotGivenBack(logger, error, claims.Job, claims.Id, store.Name);
        }
    }

    private void Track(Task task)
    {
        if (!task.IsCompleted)
        {
            pending.Add();
            _ = RemoveWhenDoneAsync(task);
        }
    }

    private async Task RemoveWhenDoneAsync(Task task)
    {
        await task.ConfigureAwait(ConfigureAwaitOptions.SuppressThrowing);
        pending.Remove();
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

    private long Timestamps(TimeSpan span) => (long)(span.TotalSeconds * time.TimestampFrequency);
}
