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
/// Invariants: (1) one pass runs at a time, and within it one look at each schedule (<see cref="TickDispatcher"/>); (2) the loop never dies from an
/// exception: a schedule that fails is looked at again later, and said so once until it works again.
/// </remarks>
internal sealed class Scheduler : IHostedService, IDisposable
{
    // Timers count elapsed time: only looking at the clock shows that it was set.
    private static readonly TimeSpan LongestWait = TimeSpan.FromMinutes(1);
    private static readonly TimeSpan Patience = TimeSpan.FromSeconds(20);
    private static readonly TimeSpan StopPatience = TimeSpan.FromSeconds(5);
    private static readonly TimeSpan LongestBackoff = TimeSpan.FromSeconds(30);
    private const int Parallelism = 16;

    private readonly ScheduleEntry[] _entries;
    private readonly ScheduleStore? _store;
    private readonly TickDispatcher? _dispatcher;
    private readonly ScheduleChanges _changes;
    private readonly JobsTelemetry _telemetry;
    private readonly TimeProvider _time;
    private readonly ILogger _logger;
    private readonly CancellationTokenSource _stopping = new();
    private readonly Lock _gate = new();
    private ITimer? _timer;
    private Task _pass = Task.CompletedTask;
    private Task _watch = Task.CompletedTask;
    private bool _isRunning;
    private bool _isWoken;
    private bool _forgets;

    public Scheduler(
        ScheduleCatalog schedules, JobClient client, OptionalStore store, IOptions<JobsOptions> options, JobsTelemetry telemetry, TimeProvider time, GuardedLogger<Scheduler> logger, ScheduledRuns runs, ScheduleChanges changes)
    {
        _entries = [.. schedules.All.Where(schedule => schedule.IsEnabled).Select(schedule => new ScheduleEntry(schedule))];
        _store = store.Store is null ? null : new ScheduleStore(store.Store);
        _changes = changes;
        _telemetry = telemetry;
        _time = time;
        _logger = logger;

        if (_store is not null)
        {
            // Names may be configured, and a restarted process must not take its predecessor's claim for its own.
            var owner = $"{options.Value.Worker.Name}#{RandomNumberGenerator.GetHexString(8, lowercase: true)}";
            _dispatcher = new TickDispatcher(_store, runs, client, telemetry, time, logger, owner);
        }
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

        // A tick that is claimed is sent before this node leaves: others would wait for it until the claim has run out.
        await Task.WhenAll(pass, _watch).WaitAsync(StopPatience, _time, cancellationToken).ConfigureAwait(ConfigureAwaitOptions.SuppressThrowing);
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
            await _dispatcher!.AdvanceAsync(entry, patience.Token, token.Token).ConfigureAwait(false);
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
}
