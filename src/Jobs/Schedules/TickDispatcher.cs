using Jobs.Enqueueing;
using Jobs.Telemetry;
using Microsoft.Extensions.Logging;

namespace Jobs.Schedules;

/// <summary>Brings one schedule up to date: claims its due ticks, sends their jobs, and takes over what a silent node has claimed. Safe for concurrent
/// use, one schedule at a time.</summary>
/// <remarks>
/// Invariants: (1) a tick is dealt with in order, by who writes the claim on it into the schedule's record with compare-and-set, and is done once that
/// node wrote so; (2) a claim whose node falls silent is taken over after <see cref="ClaimLease"/>, measured on this node's own timer and never by
/// comparing clocks, and its tick is sent again with the same id; (3) the record only ever goes forward, so a clock that jumps back sends nothing twice,
/// and one that jumps forward leaves missed ticks to the misfire policy.
/// </remarks>
/// <param name="store">The records of schedules.</param>
/// <param name="runs">Knows which ticks have succeeded.</param>
/// <param name="client">Sends their jobs.</param>
/// <param name="telemetry">Counts ticks.</param>
/// <param name="time">The clock.</param>
/// <param name="logger">The log.</param>
/// <param name="owner">This node, by a name that no other process has had.</param>
internal sealed class TickDispatcher(ScheduleStore store, ScheduledRuns runs, JobClient client, JobsTelemetry telemetry, TimeProvider time, ILogger logger, string owner)
{
    /// <summary>How long a node may take to send a tick that it claimed.</summary>
    public static readonly TimeSpan ClaimLease = TimeSpan.FromSeconds(30);

    private static readonly TimeSpan PausedWait = TimeSpan.FromMinutes(1);
    private static readonly TimeSpan WaitingPoll = TimeSpan.FromSeconds(5);

    // A record so far ahead was written by a node whose clock was wrong.
    private static readonly TimeSpan LargestSkew = TimeSpan.FromDays(1);
    private const int MostConflicts = 10;

    /// <summary>One step at a time, each a write that only one node can make, until nothing is due; says in the entry when to look again.</summary>
    /// <param name="entry">The schedule.</param>
    /// <param name="patience">Ends all of it, a tick that is claimed and not yet sent too.</param>
    /// <param name="cancellationToken">Ends it before the next claim.</param>
    public async Task AdvanceAsync(ScheduleEntry entry, CancellationToken patience, CancellationToken cancellationToken)
    {
        for (var conflicts = 0; ;)
        {
            cancellationToken.ThrowIfCancellationRequested();
            if (entry.Record is null)
            {
                await LoadAsync(entry, cancellationToken).ConfigureAwait(false);
            }

            var now = time.GetUtcNow();
            var record = entry.Record!;
            bool wasFirst;
            if (record.Claim is { } claimed)
            {
                if (record.Owner != owner && WaitForOwner(entry, now))
                {
                    return;
                }

                wasFirst = await ResendAsync(entry, record, claimed, patience).ConfigureAwait(false);
            }
            else if (record.Done > now + LargestSkew)
            {
                Log.ScheduleFromTheFuture(logger, entry.Settings.Name, record.Done, now);
                wasFirst = await WriteAsync(entry, record with { Done = now }, cancellationToken).ConfigureAwait(false);
            }
            else if (record.IsPaused)
            {
                // Who resumes it wakes this node, unless the store could not tell.
                entry.NextAt = now + PausedWait;
                entry.Forget();
                return;
            }
            else if (record.Waiting is { } waiting && !await IsLastActiveAsync(entry, record, cancellationToken).ConfigureAwait(false))
            {
                wasFirst = await SendAsync(entry, record with { Claim = waiting, Owner = owner, Waiting = null }, patience).ConfigureAwait(false);
            }
            else if (MissedTicks.Find(entry.Timing, record.Done, now, entry.Settings.Misfire, entry.Settings.MaxMisfires) is { Tick: null, DropsUpTo: null })
            {
                entry.NextAt = entry.Timing.Next(record.Done);
                if (record.Waiting is not null && entry.NextAt > now + WaitingPoll)
                {
                    // The run before may end on another node, or have ended since: the record must be read again.
                    entry.NextAt = now + WaitingPoll;
                    entry.Forget();
                }

                return;
            }
            else
            {
                wasFirst = await DealWithAsync(entry, record, now, patience, cancellationToken).ConfigureAwait(false);
            }

            if (wasFirst)
            {
                conflicts = 0;
            }
            else if (++conflicts == MostConflicts)
            {
                // Others are busy with it: they will have done it.
                entry.NextAt = now + WaitingPoll;
                return;
            }
        }
    }

    private async Task LoadAsync(ScheduleEntry entry, CancellationToken cancellationToken)
    {
        var declared = entry.Settings.Timing.Text;
        while (true)
        {
            var now = time.GetUtcNow();
            var found = await store.GetAsync(entry.Settings.Name, cancellationToken).ConfigureAwait(false);
            if (found is { } known && (known.Record.Declared == declared || entry.IsDeclared))
            {
                entry.IsDeclared = true;
                entry.Saw(known.Record, known.Version);
                return;
            }

            // New here, or this node is of another deploy than the one before: its times count from now on, and what was missed by the old ones stays so.
            var record = found is { } other
                ? other.Record with { Declared = declared, Changed = null, Done = Later(other.Record.Done, now), Waiting = null }
                : new ScheduleRecord { Declared = declared, Done = now };
            if (await store.PutAsync(entry.Settings.Name, record, found?.Version ?? 0, cancellationToken).ConfigureAwait(false) is > 0 and var version)
            {
                if (found is { } before)
                {
                    Log.ScheduleRedeclared(logger, entry.Settings.Name, before.Record.Changed ?? before.Record.Declared, declared);
                }

                entry.IsDeclared = true;
                entry.Saw(record, version);
                return;
            }
        }
    }

    // True while the node that claimed the tick may still send it.
    private bool WaitForOwner(ScheduleEntry entry, DateTimeOffset now)
    {
        var timestamp = time.GetTimestamp();
        if (entry.ForeignClaim.Version != entry.Version)
        {
            entry.ForeignClaim = (entry.Version, timestamp);
        }

        var left = ClaimLease - time.GetElapsedTime(entry.ForeignClaim.Since, timestamp);
        if (left <= TimeSpan.Zero)
        {
            return false;
        }

        entry.NextAt = now + left;
        entry.Forget();
        return true;
    }

    private async Task<bool> ResendAsync(ScheduleEntry entry, ScheduleRecord record, DateTimeOffset tick, CancellationToken cancellationToken)
    {
        if (record.Owner != owner)
        {
            if (!await WriteAsync(entry, record with { Owner = owner }, cancellationToken).ConfigureAwait(false))
            {
                return false;
            }

            Log.TickTakenOver(logger, entry.Settings.Name, tick, record.Owner ?? "");
        }

        telemetry.Ticked(entry.Settings.Name, TickOutcomes.Resent);
        await FinishAsync(entry, tick, cancellationToken).ConfigureAwait(false);
        return true;
    }

    private async Task<bool> DealWithAsync(ScheduleEntry entry, ScheduleRecord record, DateTimeOffset now, CancellationToken patience, CancellationToken cancellationToken)
    {
        var settings = entry.Settings;
        var due = MissedTicks.Find(entry.Timing, record.Done, now, settings.Misfire, settings.MaxMisfires);
        bool wasFirst;
        if (due.Tick is not { } tick)
        {
            wasFirst = await WriteAsync(entry, record with { Done = due.DropsUpTo!.Value }, cancellationToken).ConfigureAwait(false);
        }
        else if (settings.Overlap is OverlapPolicy.Skip or OverlapPolicy.QueueOne && (record.Waiting is not null || await IsLastActiveAsync(entry, record, cancellationToken).ConfigureAwait(false)))
        {
            var waits = settings.Overlap == OverlapPolicy.QueueOne;
            wasFirst = await WriteAsync(entry, record with { Done = tick, Waiting = waits ? tick : null }, cancellationToken).ConfigureAwait(false);
            if (wasFirst && (!waits || record.Waiting is not null))
            {
                telemetry.Ticked(settings.Name, TickOutcomes.Overlapped);
                Log.TickOverlapped(logger, settings.Name, waits ? record.Waiting!.Value : tick, settings.Overlap.ToString());
            }
        }
        else
        {
            if (settings.Overlap == OverlapPolicy.CancelPrevious && await IsLastActiveAsync(entry, record, cancellationToken).ConfigureAwait(false))
            {
                // Asked before the claim: who takes it over need not know. Nobody waits for the run to obey.
                await client.CancelAsync(ScheduleSettings.IdOf(settings.Name, record.Last!.Value), cancellationToken).ConfigureAwait(false);
                Log.TickCancelsPrevious(logger, settings.Name, tick);
            }

            wasFirst = await SendAsync(entry, record with { Claim = tick, Owner = owner }, patience).ConfigureAwait(false);
            if (wasFirst && due.IsMissed)
            {
                telemetry.Ticked(settings.Name, TickOutcomes.MadeUp);
            }
        }

        if (wasFirst && due.Dropped > 0)
        {
            telemetry.Ticked(settings.Name, TickOutcomes.Missed, due.Dropped);
            Log.TicksMissed(logger, settings.Name, (int)Math.Min(due.Dropped, int.MaxValue), settings.Misfire.ToString());
        }

        return wasFirst;
    }

    private async Task<bool> SendAsync(ScheduleEntry entry, ScheduleRecord claim, CancellationToken cancellationToken)
    {
        if (!await WriteAsync(entry, claim, cancellationToken).ConfigureAwait(false))
        {
            return false;
        }

        await FinishAsync(entry, claim.Claim!.Value, cancellationToken).ConfigureAwait(false);
        return true;
    }

    // The claim is this node's. Whatever goes wrong from here on, it stays until this node, or another, has sent the tick.
    private async Task FinishAsync(ScheduleEntry entry, DateTimeOffset tick, CancellationToken cancellationToken)
    {
        var settings = entry.Settings;
        var id = ScheduleSettings.IdOf(settings.Name, tick);
        if (settings.Job.Definition.Batch is not null || await runs.PrepareAsync(id, cancellationToken).ConfigureAwait(false))
        {
            var options = new EnqueueOptions { Id = id, At = settings.DueOf(tick), Schedule = settings.Name, Tick = tick };
            try
            {
                var handle = await client.EnqueueAsync(settings.CreateMessage(), settings.Job.Definition, options, cancellationToken).ConfigureAwait(false);
                await EndTickAsync(handle.IsExisting ? handle.Id : null).ConfigureAwait(false);
            }
            catch (JobKeyConflictException conflict)
            {
                await EndTickAsync(conflict.ExistingId).ConfigureAwait(false);
            }
        }

        // A tick whose key another job has is dropped: that one does its work.
        async ValueTask EndTickAsync(JobId? existing)
        {
            if (existing is not { } other)
            {
                telemetry.Ticked(settings.Name, TickOutcomes.Sent);
                return;
            }

            await runs.EndAsync(id).ConfigureAwait(false);
            telemetry.Ticked(settings.Name, TickOutcomes.Conflicted);
            Log.TickConflicted(logger, settings.Name, tick, other);
        }

        // If another node took over meanwhile, it sends the tick again and writes this.
        var record = entry.Record!;
        await WriteAsync(entry, record with { Claim = null, Owner = null, Last = tick, Done = Later(record.Done, tick) }, cancellationToken).ConfigureAwait(false);
    }

    private async ValueTask<bool> IsLastActiveAsync(ScheduleEntry entry, ScheduleRecord record, CancellationToken cancellationToken) =>
        record.Last is { } last && await runs.IsActiveAsync(ScheduleSettings.IdOf(entry.Settings.Name, last), cancellationToken).ConfigureAwait(false);

    private async ValueTask<bool> WriteAsync(ScheduleEntry entry, ScheduleRecord record, CancellationToken cancellationToken)
    {
        var version = await store.PutAsync(entry.Settings.Name, record, entry.Version, cancellationToken).ConfigureAwait(false);
        if (version == 0)
        {
            entry.Forget();
            return false;
        }

        entry.Saw(record, version);
        return true;
    }

    private static DateTimeOffset Later(DateTimeOffset left, DateTimeOffset right) => left > right ? left : right;
}
