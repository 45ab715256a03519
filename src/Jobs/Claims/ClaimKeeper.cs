using Jobs.Keys;
using Jobs.Running;
using Jobs.Stores;
using Jobs.Telemetry;
using Microsoft.Extensions.Logging;

namespace Jobs.Claims;

/// <summary>Renews what runs hold in the store, abandoned ones included.</summary>
/// <remarks>
/// Invariants: (1) a tick only sends; nothing waits for the answer before it sends again, so that a starved pool, where answers lie about
/// unread, loses no permit; (2) a permit is lost when the store says that another has it, or when a renewal failed and the time has
/// passed, never because an answer is late; (3) what was given back meanwhile is not taken again.
/// </remarks>
internal sealed class ClaimKeeper(IPermitStore? permits, JobKeys keys, JobsTelemetry telemetry, TimeProvider time, ILogger logger)
{
    private static readonly TimeSpan Patience = TimeSpan.FromSeconds(10);

    private readonly Lock _lock = new();
    private readonly HashSet<RunClaims> _held = [];
    private readonly List<RunClaims> _due = [];

    /// <summary>Told of a run that works with a permit that another may have.</summary>
    public Action<JobRun, long> Lost { get; set; } = static (_, _) => { };

    // Keys are held for so long that they are renewed seldom.
    private long KeyPeriod => time.TimestampsOf(keys.Retention / 3);

    public void Add(RunClaims claims)
    {
        claims.RenewKeyAt = time.GetTimestamp() + KeyPeriod;
        lock (_lock)
        {
            _held.Add(claims);
        }
    }

    public void Remove(RunClaims claims)
    {
        lock (_lock)
        {
            _held.Remove(claims);
        }
    }

    /// <summary>Ends when the key is not renewed any more, whatever the rest is.</summary>
    public Task LetGoOfKeyAsync(RunClaims claims)
    {
        lock (_lock)
        {
            claims.RenewKeyAt = long.MaxValue;
            return claims.KeyRenewal;
        }
    }

    /// <summary>Sends the renewals that are due. Called by the lease keeper, from its thread. Does not throw.</summary>
    public void Tick(long now)
    {
        lock (_lock)
        {
            foreach (var claims in _held)
            {
                if (now >= claims.RenewAt)
                {
                    claims.RenewAt = now + time.TimestampsOf(claims.Expiry / 4);
                    _due.Add(claims);
                }

                if (claims.Key is not null && claims.KeyVersion != 0 && now >= claims.RenewKeyAt)
                {
                    claims.RenewKeyAt = now + KeyPeriod;
                    claims.KeyRenewal = RenewKeyAsync(claims);
                }
            }
        }

        if (_due.Count == 0)
        {
            return;
        }

        using var clean = CleanContext.Enter();
        foreach (var alike in _due.GroupBy(static claims => claims.Expiry))
        {
            var renewing = alike.SelectMany(PermitsOf).ToArray();
            if (renewing.Length > 0)
            {
                _ = RenewAsync(renewing, alike.Key, now);
            }
        }

        _due.Clear();
    }

    private static IEnumerable<HeldPermit> PermitsOf(RunClaims claims)
    {
        if (claims.Limit is { IsHeld: true, IsLost: false } limit)
        {
            yield return limit;
        }

        if (claims.Sole is { IsHeld: true, IsLost: false } sole)
        {
            yield return sole;
        }
    }

    private async Task RenewAsync(HeldPermit[] renewing, TimeSpan expiry, long now)
    {
        var held = new bool[renewing.Length];
        try
        {
            using var patience = new CancellationTokenSource(Patience, time);
            await permits!.RenewAsync(Array.ConvertAll(renewing, static permit => new StorePermit(permit.Name, permit.Claims.Owner)), expiry, held, patience.Token).ConfigureAwait(false);
            for (var i = 0; i < renewing.Length; i++)
            {
                if (held[i] || await IsTakenAgainAsync(renewing[i], expiry, patience.Token).ConfigureAwait(false))
                {
                    renewing[i].ExpiresAt = now + time.TimestampsOf(expiry);
                }
                else
                {
                    Lose(renewing[i]);
                }
            }
        }
        catch (Exception)
        {
            telemetry.ErrorSwallowed("claims");
            foreach (var permit in renewing)
            {
                if (time.GetTimestamp() >= permit.ExpiresAt)
                {
                    Lose(permit);
                }
            }
        }
    }

    // The store has forgotten it, or was away for too long: if nobody else came in between, nothing has happened.
    private async ValueTask<bool> IsTakenAgainAsync(HeldPermit permit, TimeSpan expiry, CancellationToken cancellationToken)
    {
        if (!permit.IsHeld)
        {
            return true;
        }

        var isTaken = await permits!.AcquireAsync(permit.Name, permit.Claims.Owner, permit.Limit, expiry, cancellationToken).ConfigureAwait(false);
        if (isTaken && !permit.IsHeld)
        {
            await permits.ReleaseAsync(permit.Name, permit.Claims.Owner, cancellationToken).ConfigureAwait(false);
        }

        return isTaken;
    }

    private void Lose(HeldPermit permit)
    {
        if (permit.IsLost || !permit.IsHeld)
        {
            return;
        }

        permit.IsLost = true;
        var claims = permit.Claims;
        telemetry.ClaimLost(claims.Job);
        Log.ClaimLost(logger, claims.Job, claims.Id, permit.Name);
        Lost(claims.Run, claims.Ticket);
    }

    // Another that has taken the key meanwhile replaced the job, whose cancel flag does the rest.
    private async Task RenewKeyAsync(RunClaims claims)
    {
        try
        {
            using var patience = new CancellationTokenSource(Patience, time);
            var claim = await keys.HoldAsync(claims.Key!, claims.Id, claims.Order, patience.Token).ConfigureAwait(false);
            if (claim.IsMine)
            {
                claims.KeyVersion = claim.Version;
            }
        }
        catch (Exception)
        {
            // It is held for two more periods, and asked for again after one.
            telemetry.ErrorSwallowed("claims");
        }
    }
}
