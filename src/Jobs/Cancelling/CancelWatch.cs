using System.Collections.Concurrent;
using Jobs.Brokers;
using Jobs.Stores;
using Jobs.Telemetry;
using Microsoft.Extensions.Logging;

namespace Jobs.Cancelling;

/// <summary>Knows which jobs are to be cancelled: one watch for the whole worker.</summary>
/// <remarks>
/// Invariants: (1) a flag that was set before the watch began is known once <see cref="StartAsync"/> has ended, unless the store is away; (2) each
/// flag is announced once; (3) the loop ends only when it is told to, and says once when it fails and once when it recovers; (4) what is not in the
/// store any more, because another worker has ended the job or the flag has expired, is forgotten here with a later look at all.
/// </remarks>
internal sealed class CancelWatch(IIndexedStore store, JobsTelemetry telemetry, TimeProvider time, ILogger logger) : IAsyncDisposable
{
    private const int PageSize = 1_000;

    /// <summary>How long a worker that starts waits for the flags.</summary>
    private static readonly TimeSpan StartWait = TimeSpan.FromSeconds(5);

    /// <summary>How long a look at all flags is good for; until then only news is read.</summary>
    private static readonly TimeSpan LookPeriod = TimeSpan.FromMinutes(10);

    private readonly ConcurrentDictionary<JobId, bool> _flags = new();
    private readonly CancellationTokenSource _stop = new();
    private readonly TaskCompletionSource _loaded = new(TaskCreationOptions.RunContinuationsAsynchronously);
    private Task _loop = Task.CompletedTask;
    private long _newest;
    private long _lookedAt;
    private volatile bool _any;

    /// <summary>Told of each job that is to be cancelled.</summary>
    public Action<JobId> Requested { get; set; } = static _ => { };

    /// <summary>True if any job is to be cancelled.</summary>
    public bool Any => _any;

    public bool Contains(JobId id) => _any && _flags.ContainsKey(id);

    /// <summary>Begins to watch; ends when the flags are known, or the store is not there in time.</summary>
    public async Task StartAsync(CancellationToken cancellationToken)
    {
        _loop = WatchAsync();
        if (!_loaded.Task.IsCompleted)
        {
            using var patience = CancellationTokenSource.CreateLinkedTokenSource(cancellationToken);
            await Task.WhenAny(_loaded.Task, Task.Delay(StartWait, time, patience.Token)).ConfigureAwait(false);
            await patience.CancelAsync().ConfigureAwait(false);
        }
    }

    /// <summary>Forgets a job that has ended as cancelled, here and in the store.</summary>
    public async Task ForgetAsync(JobId id)
    {
        try
        {
            Forget(id);
            await store.DeleteAsync(CancelFlags.KeyOf(id), StoreCondition.Always, _stop.Token).ConfigureAwait(false);
        }
        catch (Exception)
        {
            // It expires.
            telemetry.ErrorSwallowed("cancel-flag");
        }
    }

    public async ValueTask DisposeAsync()
    {
        await _stop.CancelAsync().ConfigureAwait(false);
        await _loop.ConfigureAwait(ConfigureAwaitOptions.SuppressThrowing);
    }

    private async Task WatchAsync()
    {
        var pause = new RetryPause(TimeSpan.FromMilliseconds(500), TimeSpan.FromSeconds(10), time);
        while (!_stop.IsCancellationRequested)
        {
            try
            {
                // A store that was made anew counts anew.
                _newest = 0;
                await foreach (var _ in store.WatchAsync(CancelFlags.Bell, _stop.Token).ConfigureAwait(false))
                {
                    if (_newest == 0 || time.GetElapsedTime(_lookedAt) >= LookPeriod)
                    {
                        await LookAtAllAsync().ConfigureAwait(false);
                    }
                    else
                    {
                        await ReadAsync(there: null).ConfigureAwait(false);
                    }

                    _loaded.TrySetResult();
                    if (!pause.IsFirst)
                    {
                        pause.Reset();
                        Log.CancelWatchRecovered(logger, store.Name);
                    }
                }

                // The store is closed.
                return;
            }
            catch (Exception) when (_stop.IsCancellationRequested)
            {
                return;
            }
            catch (ObjectDisposedException)
            {
                return;
            }
            catch (Exception error)
            {
                telemetry.ErrorSwallowed("cancel-watch");
                if (pause.IsFirst)
                {
                    Log.CancelWatchFailed(logger, error, store.Name);
                }

                await pause.WaitAsync(_stop.Token).ConfigureAwait(ConfigureAwaitOptions.SuppressThrowing);
            }
        }
    }

    private async Task LookAtAllAsync()
    {
        var there = new HashSet<JobId>();
        await ReadAsync(there).ConfigureAwait(false);
        foreach (var id in _flags.Keys)
        {
            if (!there.Contains(id))
            {
                Forget(id);
            }
        }

        _lookedAt = time.GetTimestamp();
    }

    // Newest first, as far as what is known already; with a set, which takes all that is there, to the end.
    private async Task ReadAsync(HashSet<JobId>? there)
    {
        var newest = _newest;
        string? cursor = null;
        do
        {
            var page = await store.PageAsync(CancelFlags.Index.Name, cursor, PageSize, _stop.Token).ConfigureAwait(false);
            cursor = page.Next;
            foreach (var entry in page.Entries)
            {
                newest = Math.Max(newest, entry.Version);
                if (!CancelFlags.TryGetId(entry.Key, out var id))
                {
                    continue;
                }

                there?.Add(id);
                if (entry.Version > _newest)
                {
                    Note(id);
                }
                else if (there is null)
                {
                    cursor = null;
                }
            }
        }
        while (cursor is not null);

        // Not before the last page: were one to fail, its flags would count as known.
        _newest = newest;
    }

    private void Note(JobId id)
    {
        lock (_flags)
        {
            if (!_flags.TryAdd(id, true))
            {
                return;
            }

            _any = true;
        }

        Requested(id);
    }

    private void Forget(JobId id)
    {
        lock (_flags)
        {
            _flags.TryRemove(id, out _);
            _any = !_flags.IsEmpty;
        }
    }
}
