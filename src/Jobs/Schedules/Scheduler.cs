using System.Security.Cryptography;
using Jobs.Enqueueing;
using Jobs.Hosting;
using Jobs.Telemetry;
using Microsoft.Extensions.Hosting;
using Microsoft.Extensions.Logging;
using Microsoft.Extensions.Options;

namespace Jobs.Schedules;

/// <summary>Sends the jobs of schedules when they are due. Every worker has one; there is no leader.</summary>
/// <remarks>
/// Invariants: (1) a tick is dealt with in order, by who writes the claim on it into the schedule's record with compare-and-set, and is done once that
/// node wrote so; (2) a claim whose node falls silent is taken over after <see cref="ClaimLease"/>, measured on this node's own timer and never by
/// comparing clocks, and its tick is sent again with the same id; (3) the record only ever goes forward, so a clock that jumps back sends nothing twice,
/// and one that jumps forward leaves missed ticks to the misfire policy; (4) one pass runs at a time, and within it one look at each schedule; (5) the loop
/// never dies from an exception: a schedule that fails is looked at again later, and said so once until it works again.
/// </remarks>
internal sealed class Scheduler : IHostedService, IDisposable
{
    /// <summary>How long a node may take to send a tick that it claimed.</summary>
    public static readonly TimeSpan ClaimLease = TimeSpan.FromSeconds(30);

    // Timers count elapsed time: only looking at the clock shows that it was set.
    private static readonly TimeSpan LongestWait = TimeSpan.FromMinutes(1);
    private static readonly TimeSpan WaitingPoll = TimeSpan.FromSeconds(5);
    private static readonly TimeSpan Patience = TimeSpan.FromSeconds(20);
    private static readonly TimeSpan LongestBackoff = TimeSpan.FromSeconds(30);

    // A record so far ahead was written by a node whose clock was wrong.
    private static readonly TimeSpan LargestSkew = TimeSpan.FromDays(1);
    private const int Parallelism = 16;
    private const int MostConflicts = 10;

    private readonly ScheduleEntry[] _entries;
    private readonly ScheduleStore? _store;
    private readonly ScheduledRuns _runs;
    private readonly ScheduleChanges _changes;
    private readonly JobClient _client;
    private readonly JobsTelemetry _telemetry;
    private readonly TimeProvider _time;
    private readonly ILogger _logger;
    private readonly string _owner;
    private readonly CancellationTokenSource _stopping = new();
    private readonly Lock _gate = new();
    private ITimer? _timer;
    private Task _pass = Task.CompletedTask;
    private Task _watch = Task.CompletedTask;
    private bool _isRunning;
    private bool _isWoken;
    private bool _forgets;

    public Scheduler(
        ScheduleCatalog schedules, JobClient client, OptionalStore store, IOptions<JobsOptions> options, JobsTelemetry telemetry, TimeProvider time, ILogger<Scheduler> logger, ScheduledRuns runs, ScheduleChanges changes)
    {
        _entries = [.. schedules.All.Where(schedule => schedule.IsEnabled).Select(schedule => new ScheduleEntry(schedule))];
        _store = store.Store is null ? null : new ScheduleStore(store.Store);
        _runs = runs;
        _changes = changes;
        _client = client;
        _telemetry = telemetry;
        _time = time;
        _logger = logger;

        // Names may be configured, and a restarted process must not take its predecessor's claim for its own.
        _owner = $"{options.Value.Worker.Name}#{RandomNumberGenerator.GetHexString(8, lowercase: true)}";
    }

    public Task StartAsync(CancellationToken cancellationToken)
    {
        if (_entries.Length == 0 || _store is null)
        {
            return Task.CompletedTask;
        }

        Log.SchedulerStarted(_logger, _entries.Length);
        _timer = _time.CreateTimer(static state => ((Scheduler)state!).Wake(), this, Timeout.InfiniteTimeSpan, Timeout.InfiniteTimeSpan);
        Wake();
        _changes.Changed += WakeAll;
        _watch = WatchAsync(_stopping.Token);
        return Task.CompletedTask;
    }

    public async Task StopAsync(CancellationToken cancellationToken)
    {
        _changes.Changed -= WakeAll;
        await _stopping.CancelAsync().ConfigureAwait(false);
        if (_timer is { } timer)
        {
            await timer.DisposeAsync().ConfigureAwait(false);
        }

        Task pass;
        lock (_gate)
        {
            pass = _pass;
        }

        await Task.WhenAll(pass, _watch).WaitAsync(cancellationToken).ConfigureAwait(ConfigureAwaitOptions.SuppressThrowing);
    }

    public void Dispose()
    {
        _timer?.Dispose();
        _stopping.Dispose();
    }

    /// <summary>Looks at all schedules that are due, now or once the present pass has ended.</summary>
    public void Wake()
    {
        lock (_gate)
        {
            _isWoken = true;
            if (_isRunning || _stopping.IsCancellationRequested)
            {
                return;
            }

            _isRunning = true;
        }

        var pass = RunPassesAsync();
        lock (_gate)
        {
            _pass = pass;
        }
    }

    /// <summary>Looks at every schedule anew: somebody changed one.</summary>
    public void WakeAll()
    {
        lock (_gate)
        {
            _forgets = true;
        }

        Wake();
    }

    private async Task RunPassesAsync()
    {
        while (true)
        {
            lock (_gate)
            {
                if (!_isWoken || _stopping.IsCancellationRequested)
                {
                    _isRunning = false;
                    return;
                }

                _isWoken = false;
                if (_forgets)
                {
                    _forgets = false;
                    foreach (var entry in _entries)
                    {
                        entry.Forget();
                        entry.NextAt = default;
                    }
                }
            }

            var now = _time.GetUtcNow();
            foreach (var due in _entries.Where(entry => entry.NextAt <= now).Chunk(Parallelism))
            {
                await Task.WhenAll(due.Select(LookAsync)).ConfigureAwait(false);
            }

            Arm();
        }
    }

    private void Arm()
    {
        var wait = _entries.Min(entry => entry.NextAt) - _time.GetUtcNow();
        if (wait <= TimeSpan.Zero)
        {
            // It became due meanwhile: the next pass follows this one, without a turn of the pool that may come late.
            lock (_gate)
            {
                _isWoken = true;
            }

            return;
        }

        try
        {
            _timer!.Change(wait > LongestWait ? LongestWait : wait, Timeout.InfiniteTimeSpan);
        }
        catch (ObjectDisposedException)
        {
            // The host stops.
        }
    }

    private async Task LookAsync(ScheduleEntry entry)
    {
        try
        {
            using var patience = new CancellationTokenSource(Patience, _time);
            using var token = CancellationTokenSource.CreateLinkedTokenSource(patience.Token, _stopping.Token);
            await AdvanceAsync(entry, token.Token).ConfigureAwait(false);
            if (entry.Failures > 0)
            {
                Log.ScheduleRecovered(_logger, entry.Settings.Name, entry.Failures);
                entry.Failures = 0;
            }
        }
        catch (Exception error)
        {
            entry.Forget();
            if (_stopping.IsCancellationRequested)
            {
                return;
            }

            _telemetry.ErrorSwallowed("schedule");
            if (entry.Failures++ == 0)
            {
                Log.ScheduleFailed(_logger, error, entry.Settings.Name, entry.Settings.Job.Definition.Name);
            }

            var backoff = TimeSpan.FromSeconds(Math.Min(LongestBackoff.TotalSeconds, Math.Pow(2, Math.Min(entry.Failures - 1, 10))));
            entry.NextAt = _time.GetUtcNow() + backoff;
        }
    }

    // One step at a time, each a write that only one node can make, until nothing is due.
    private async Task AdvanceAsync(ScheduleEntry entry, CancellationToken cancellationToken)
    {
        for (var conflicts = 0; ;)
        {
            if (entry.Record is null)
            {
                await LoadAsync(entry, cancellationToken).ConfigureAwait(false);
            }

            var now = _time.GetUtcNow();
            var record = entry.Record!;
            bool wasFirst;
            if (record.Claim is { } claimed)
            {
                if (record.Owner != _owner && WaitForOwner(entry, now))
                {
                    return;
                }

                wasFirst = await ResendAsync(entry, record, claimed, cancellationToken).ConfigureAwait(false);
            }
            else if (record.Done > now + LargestSkew)
            {
                Log.ScheduleFromTheFuture(_logger, entry.Settings.Name, record.Done, now);
                wasFirst = await WriteAsync(entry, record with { Done = now }, cancellationToken).ConfigureAwait(false);
            }
            else if (record.IsPaused)
            {
                // Who resumes it wakes this node, unless the store could not tell.
                entry.NextAt = now + LongestWait;
                entry.Forget();
                return;
            }
            else if (record.Waiting is { } waiting && !await IsLastActiveAsync(entry, record, cancellationToken).ConfigureAwait(false))
            {
                wasFirst = await SendAsync(entry, record with { Claim = waiting, Owner = _owner, Waiting = null }, cancellationToken).ConfigureAwait(false);
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
                wasFirst = await DealWithAsync(entry, record, now, cancellationToken).ConfigureAwait(false);
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
            var now = _time.GetUtcNow();
            var found = await _store!.GetAsync(entry.Settings.Name, cancellationToken).ConfigureAwait(false);
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
            if (await _store.PutAsync(entry.Settings.Name, record, found?.Version ?? 0, cancellationToken).ConfigureAwait(false) is > 0 and var version)
            {
                if (found is { } before)
                {
                    Log.ScheduleRedeclared(_logger, entry.Settings.Name, before.Record.Changed ?? before.Record.Declared, declared);
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
        var timestamp = _time.GetTimestamp();
        if (entry.ForeignClaim.Version != entry.Version)
        {
            entry.ForeignClaim = (entry.Version, timestamp);
        }

        var left = ClaimLease - _time.GetElapsedTime(entry.ForeignClaim.Since, timestamp);
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
        if (record.Owner != _owner)
        {
            if (!await WriteAsync(entry, record with { Owner = _owner }, cancellationToken).ConfigureAwait(false))
            {
                return false;
            }

            Log.TickTakenOver(_logger, entry.Settings.Name, tick, record.Owner ?? "");
        }

        _telemetry.Ticked(entry.Settings.Name, TickOutcomes.Resent);
        await FinishAsync(entry, tick, cancellationToken).ConfigureAwait(false);
        return true;
    }

    private async Task<bool> DealWithAsync(ScheduleEntry entry, ScheduleRecord record, DateTimeOffset now, CancellationToken cancellationToken)
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
                _telemetry.Ticked(settings.Name, TickOutcomes.Overlapped);
                Log.TickOverlapped(_logger, settings.Name, waits ? record.Waiting!.Value : tick, settings.Overlap);
            }
        }
        else
        {
            if (settings.Overlap == OverlapPolicy.CancelPrevious && await IsLastActiveAsync(entry, record, cancellationToken).ConfigureAwait(false))
            {
                // Asked before the claim: who takes it over need not know. Nobody waits for the run to obey.
                await _client.CancelAsync(ScheduleSettings.IdOf(settings.Name, record.Last!.Value), cancellationToken).ConfigureAwait(false);
                Log.TickCancelsPrevious(_logger, settings.Name, tick);
            }

            wasFirst = await SendAsync(entry, record with { Claim = tick, Owner = _owner }, cancellationToken).ConfigureAwait(false);
            if (wasFirst && due.IsMissed)
            {
                _telemetry.Ticked(settings.Name, TickOutcomes.MadeUp);
            }
        }

        if (wasFirst && due.Dropped > 0)
        {
            _telemetry.Ticked(settings.Name, TickOutcomes.Missed, due.Dropped);
            Log.TicksMissed(_logger, settings.Name, due.Dropped, settings.Misfire);
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
        if (settings.Job.Definition.Batch is not null || await _runs.PrepareAsync(id, cancellationToken).ConfigureAwait(false))
        {
            var options = new EnqueueOptions { Id = id, At = settings.DueOf(tick), Schedule = settings.Name, Tick = tick };
            try
            {
                var handle = await _client.EnqueueAsync(settings.CreateMessage(), settings.Job.Definition, options, cancellationToken).ConfigureAwait(false);
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
                _telemetry.Ticked(settings.Name, TickOutcomes.Sent);
                return;
            }

            await _runs.EndAsync(id).ConfigureAwait(false);
            _telemetry.Ticked(settings.Name, TickOutcomes.Conflicted);
            Log.TickConflicted(_logger, settings.Name, tick, other);
        }

        // If another node took over meanwhile, it sends the tick again and writes this.
        var record = entry.Record!;
        await WriteAsync(entry, record with { Claim = null, Owner = null, Last = tick, Done = Later(record.Done, tick) }, cancellationToken).ConfigureAwait(false);
    }

    private async ValueTask<bool> IsLastActiveAsync(ScheduleEntry entry, ScheduleRecord record, CancellationToken cancellationToken) =>
        record.Last is { } last && await _runs.IsActiveAsync(ScheduleSettings.IdOf(entry.Settings.Name, last), cancellationToken).ConfigureAwait(false);

    private async ValueTask<bool> WriteAsync(ScheduleEntry entry, ScheduleRecord record, CancellationToken cancellationToken)
    {
        var version = await _store!.PutAsync(entry.Settings.Name, record, entry.Version, cancellationToken).ConfigureAwait(false);
        if (version == 0)
        {
            entry.Forget();
            return false;
        }

        entry.Saw(record, version);
        return true;
    }

    private async Task WatchAsync(CancellationToken cancellationToken)
    {
        while (!cancellationToken.IsCancellationRequested)
        {
            try
            {
                var isFirst = true;
                await foreach (var change in _store!.WatchChangesAsync(cancellationToken).ConfigureAwait(false))
                {
                    if (!isFirst && change?.Value.Span.SequenceEqual(_changes.Signature) != true)
                    {
                        WakeAll();
                    }

                    isFirst = false;
                }
            }
            catch (Exception error) when (!cancellationToken.IsCancellationRequested)
            {
                _telemetry.ErrorSwallowed("schedule");
                Log.ScheduleWatchFailed(_logger, error);
            }
            catch (OperationCanceledException)
            {
                return;
            }

            await Task.Delay(LongestBackoff, _time, cancellationToken).ConfigureAwait(ConfigureAwaitOptions.SuppressThrowing);
        }
    }

    private static DateTimeOffset Later(DateTimeOffset left, DateTimeOffset right) => left > right ? left : right;
}
