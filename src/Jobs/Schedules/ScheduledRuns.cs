using System.Text;
using Jobs.Hosting;
using Jobs.Running;
using Jobs.Stores;
using Jobs.Telemetry;
using Microsoft.Extensions.Logging;

namespace Jobs.Schedules;

/// <summary>Sees to it that a tick takes effect once, and knows whether its run has ended. Safe for concurrent use.</summary>
/// <remarks>
/// <para>Two entries for each tick: a <i>mark</i> (<c>pending</c> from before it is sent, <c>done</c> once it succeeded, gone once it failed for good) and,
/// while it runs, a <i>lock</i> with an owner that is renewed. A second copy finds the mark and is dropped, or the lock and is put off.</para>
/// <para>Only a run that outlives its lock, because the store was away for so long, may be repeated.</para>
/// </remarks>
internal sealed class ScheduledRuns(OptionalStore optional, JobsTelemetry telemetry, TimeProvider time, GuardedLogger<ScheduledRuns> logger)
{
    public static readonly TimeSpan LockExpiry = TimeSpan.FromSeconds(30);

    // How long the store has for an answer; less than the lock lives.
    private static readonly TimeSpan Patience = TimeSpan.FromSeconds(5);

    // Longer than any broker keeps a second copy waiting.
    private static readonly TimeSpan DoneExpiry = TimeSpan.FromDays(1);
    private static readonly TimeSpan PendingExpiry = TimeSpan.FromDays(7);
    private static readonly byte[] Pending = "pending"u8.ToArray();
    private static readonly byte[] Done = "done"u8.ToArray();

    private readonly IJobStore _store = optional.Store!;

    /// <summary>True for an id that a schedule may have made.</summary>
    public static bool IsOne(JobId id) => !id.TryGetUuid(out _) && id.ToString().Contains('@', StringComparison.Ordinal);

    /// <summary>Marks a tick before it is sent. False if it has succeeded already, and need not be sent again.</summary>
    public async ValueTask<bool> PrepareAsync(JobId id, CancellationToken cancellationToken)
    {
        var result = await _store.PutAsync(MarkOf(id), Pending, StoreCondition.IfAbsent, PendingExpiry, cancellationToken).ConfigureAwait(false);
        return result.Written || !await IsDoneAsync(id, cancellationToken).ConfigureAwait(false);
    }

    /// <summary>Whether a tick's job waits or runs.</summary>
    public async ValueTask<bool> IsActiveAsync(JobId id, CancellationToken cancellationToken) =>
        await _store.GetAsync(MarkOf(id), cancellationToken).ConfigureAwait(false) is { } mark && mark.Value.Span.SequenceEqual(Pending);

    /// <summary>Called before a tick's job runs. Null: it has succeeded already, so this copy is dropped.</summary>
    /// <exception cref="DeferJobException">Another copy of it runs, or the store does not say.</exception>
    public async ValueTask<IAsyncDisposable?> BeginAsync(JobId id, CancellationToken cancellationToken)
    {
        try
        {
            using var patience = OwnTimeout.After(Patience, time);
            using var wait = CancellationTokenSource.CreateLinkedTokenSource(cancellationToken, patience.Token);
            return await LockAsync(id, wait.Token).ConfigureAwait(false);
        }
        catch (Exception error) when (error is not DeferJobException && !cancellationToken.IsCancellationRequested)
        {
            telemetry.ErrorSwallowed("schedule");
            Log.ScheduledRunPutOff(logger, error, id, _store.Name);
            throw new DeferJobException(LockExpiry / 2, $"Whether job {id} has run already cannot be known: store '{_store.Name}' is away.");
        }
    }

    private async ValueTask<IAsyncDisposable?> LockAsync(JobId id, CancellationToken cancellationToken)
    {
        var key = LockOf(id);
        var locked = await _store.PutAsync(key, Encoding.UTF8.GetBytes(Environment.MachineName), StoreCondition.IfAbsent, LockExpiry, cancellationToken).ConfigureAwait(false);
        if (!locked.Written)
        {
            if (await IsDoneAsync(id, cancellationToken).ConfigureAwait(false))
            {
                return Drop(id);
            }

            throw new DeferJobException(LockExpiry / 2);
        }

        var held = new Lock(this, key, locked.Version);
        try
        {
            if (!await IsDoneAsync(id, cancellationToken).ConfigureAwait(false))
            {
                return held;
            }
        }
        catch
        {
            // Nobody else would end it, and it would be renewed for ever.
            await held.DisposeAsync().ConfigureAwait(false);
            throw;
        }

        await held.DisposeAsync().ConfigureAwait(false);
        return Drop(id);
    }

    /// <summary>Called when a tick's job has succeeded, before the broker is told: a crash in between then does not repeat it.</summary>
    public async ValueTask CompleteAsync(JobId id) =>
        await GuardAsync(token => _store.PutAsync(MarkOf(id), Done, StoreCondition.Always, DoneExpiry, token), id).ConfigureAwait(false);

    /// <summary>Called when a tick's job has ended otherwise, for good: the next tick need not wait for it, and a replay may run.</summary>
    public async Task EndAsync(JobId id) =>
        await GuardAsync(token => _store.DeleteAsync(MarkOf(id), StoreCondition.Always, token), id).ConfigureAwait(false);

    private static string MarkOf(JobId id) => $"schedule-run:{id}";

    private static string LockOf(JobId id) => $"schedule-lock:{id}";

    private async ValueTask<bool> IsDoneAsync(JobId id, CancellationToken cancellationToken) =>
        await _store.GetAsync(MarkOf(id), cancellationToken).ConfigureAwait(false) is { } mark && mark.Value.Span.SequenceEqual(Done);

    private IAsyncDisposable? Drop(JobId id)
    {
        telemetry.ScheduledRunRepeated();
        Log.ScheduledRunDropped(logger, id);
        return null;
    }

    // The job has ended, whatever the store says: at worst a second copy of it runs, or the next tick waits.
    private async ValueTask GuardAsync(Func<CancellationToken, ValueTask<StoreWriteResult>> write, JobId id)
    {
        try
        {
            using var patience = OwnTimeout.After(Patience, time);
            await write(patience.Token).ConfigureAwait(false);
        }
        catch (Exception error)
        {
            telemetry.ErrorSwallowed("schedule");
            Log.ScheduledRunNotMarked(logger, error, id);
        }
    }

    // Given back by version, so that one that expired and belongs to another by now stays its.
    private sealed class Lock : IAsyncDisposable
    {
        private readonly ScheduledRuns _runs;
        private readonly string _key;
        private readonly ITimer _renewal;
        private readonly SemaphoreSlim _turn = new(1, 1);
        private long _version;

        public Lock(ScheduledRuns runs, string key, long version)
        {
            _runs = runs;
            _key = key;
            _version = version;

            // Of no job: it must not pass for something that the handler waits for.
            using var clean = CleanContext.Enter();
            _renewal = runs.Time.CreateTimer(static state => _ = ((Lock)state!).RenewAsync(), this, LockExpiry / 3, LockExpiry / 3);
        }

        public async ValueTask DisposeAsync()
        {
            await _renewal.DisposeAsync().ConfigureAwait(false);
            await _turn.WaitAsync().ConfigureAwait(false);
            try
            {
                if (_version > 0)
                {
                    using var patience = OwnTimeout.After(Patience, _runs.Time);
                    await _runs._store.DeleteAsync(_key, StoreCondition.IfVersion(_version), patience.Token).ConfigureAwait(false);
                    _version = 0;
                }
            }
            catch (Exception error)
            {
                // It expires by itself.
                _runs.Swallow(error, _key);
            }
            finally
            {
                _turn.Release();
            }
        }

        private async Task RenewAsync()
        {
            if (!await _turn.WaitAsync(0).ConfigureAwait(false))
            {
                return;
            }

            try
            {
                if (_version > 0)
                {
                    using var patience = OwnTimeout.After(Patience, _runs.Time);
                    var result = await _runs._store.PutAsync(_key, "renewed"u8.ToArray(), StoreCondition.IfVersion(_version), LockExpiry, patience.Token).ConfigureAwait(false);
                    _version = result.Written ? result.Version : 0;
                }
            }
            catch (Exception error)
            {
                _runs.Swallow(error, _key);
            }
            finally
            {
                _turn.Release();
            }
        }
    }

    private TimeProvider Time => time;

    private void Swallow(Exception error, string key)
    {
        telemetry.ErrorSwallowed("schedule");
        Log.ScheduledRunLockFailed(logger, error, key);
    }
}
