using System.Security.Cryptography;
using Jobs.Brokers;
using Jobs.Keys;
using Jobs.Retrying;
using Jobs.Running;
using Jobs.Settling;
using Jobs.Stores;
using Jobs.Telemetry;
using Microsoft.Extensions.Logging;

namespace Jobs.Claims;

/// <summary>Finds what a run needs, and asks the store for it: key, then sole right, then permit.</summary>
internal sealed class ClaimTaker(IJobStore store, JobKeys keys, DoneMarks marks, FailurePolicy policy, JobsTelemetry telemetry, TimeProvider time, ILogger logger)
{
    // Of a lease, what a permit outlives it by at least: a job that comes back after a crash may find the permit of its dead run.
    private static readonly TimeSpan LeastMargin = TimeSpan.FromSeconds(5);

    private readonly IPermitStore? _permits = store as IPermitStore;
    private readonly ClaimWait _wait = new(time, policy);
    private readonly string _worker = RandomNumberGenerator.GetHexString(16, lowercase: true);
    private long _runs;

    /// <summary>What a run needs, of which it has nothing yet.</summary>
    /// <exception cref="JobPayloadException">The payload, which a key is made of, cannot be read.</exception>
    public RunClaims Describe(JobRun run)
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

    /// <summary>Takes what a run needs.</summary>
    /// <returns>Null if it has all; else how it ends instead, and what it has is to be given back. Likewise after an exception: what was asked for may have been given.</returns>
    public async ValueTask<Outcome?> TakeAsync(JobRun run, RunClaims claims, CancellationToken cancellationToken)
    {
        var now = time.GetTimestamp();
        claims.RenewAt = now + time.TimestampsOf(claims.Expiry / 4);
        if (claims.Key is { } key)
        {
            var claim = await keys.HoldAsync(key, claims.Id, claims.Order, cancellationToken).ConfigureAwait(false);
            if (!claim.IsMine)
            {
                return RefuseKey(run, claims, claim);
            }

            claims.KeyVersion = claim.Version;
        }

        if (claims.Sole is { } sole)
        {
            // The marker is read under the right to be the only one: read before, it could be written in between.
            var isSole = await AcquireAsync(sole, now, cancellationToken).ConfigureAwait(false);
            if (await marks.FindAsync(claims, cancellationToken).ConfigureAwait(false) is { } doer)
            {
                return await RepeatAsync(run, claims, doer, cancellationToken).ConfigureAwait(false);
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

    /// <summary>Puts a run off that cannot start. <paramref name="reason"/> is one of the constants of <see cref="ClaimRefusals"/>.</summary>
    public Outcome Refuse(JobRun run, RunClaims claims, string reason)
    {
        telemetry.ClaimRefused(claims.Job, run.Lane.Name, reason);
        return new Outcome(OutcomeKind.Deferred, _wait.Defer(run.Delivery, claims.WaitsSince));
    }

    private async ValueTask<bool> AcquireAsync(HeldPermit permit, long now, CancellationToken cancellationToken)
    {
        permit.Ask();
        permit.ExpiresAt = now + time.TimestampsOf(permit.Claims.Expiry);
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

    private async ValueTask<Outcome> RepeatAsync(JobRun run, RunClaims claims, JobId doer, CancellationToken cancellationToken)
    {
        if (doer != claims.Id && run.Job!.Definition.HasResult)
        {
            await marks.CopyResultAsync(claims, doer, cancellationToken).ConfigureAwait(false);
        }

        telemetry.RunSpared(claims.Job);
        Log.RunSpared(logger, claims.Job, claims.Id, doer);
        return new Outcome(OutcomeKind.Succeeded, run.Settle(SettleKind.Complete));
    }
}
