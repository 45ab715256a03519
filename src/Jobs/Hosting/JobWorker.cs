using System.Diagnostics.Metrics;
using Jobs.Batching;
using Jobs.Brokers;
using Jobs.Cancelling;
using Jobs.Catalog;
using Jobs.Checkpoints;
using Jobs.Claims;
using Jobs.Definitions;
using Jobs.Keys;
using Jobs.Leasing;
using Jobs.Retrying;
using Jobs.Running;
using Jobs.Schedules;
using Jobs.Settling;
using Jobs.Status;
using Jobs.Stores;
using Jobs.Telemetry;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Hosting;
using Microsoft.Extensions.Logging;
using Microsoft.Extensions.Options;

namespace Jobs.Hosting;

/// <summary>The worker of a host: builds the lanes, starts the pumps, and drains at the end.</summary>
/// <remarks>Three tokens: <i>stop receiving</i> ends the pumps, <i>abandon running</i> is <see cref="StopReason.HostStopping"/> on every run,
/// <i>job cancelled</i> is each run's own.</remarks>
internal sealed class JobWorker(
    IJobBroker broker,
    JobCatalog catalog,
    QueueCatalog queues,
    TopologyProvisioner provisioner,
    IServiceProvider services,
    IOptions<JobsOptions> options,
    IEnumerable<IJobMiddleware> middleware,
    IEnumerable<IJobFailureHandler> failureHandlers,
    IEnumerable<IWorkerLifecycle> lifecycles,
    JobsTelemetry telemetry,
    TimeProvider time,
    GuardedLogger<JobWorker> logger,
    OptionalStore store,
    StatusSource status,
    OptionalKeys keys,
    IWorkerObserver? observer = null,
    IHostApplicationLifetime? lifetime = null) : IHostedService, IDisposable
{
    // How long a handler may take to notice that the host stops, once the drain timeout has passed.
    private static readonly TimeSpan CancelGrace = TimeSpan.FromSeconds(2);
    private static readonly TimeSpan FlushTimeout = TimeSpan.FromSeconds(2);

    private readonly LifecycleHooks _hooks = new(lifecycles, telemetry, logger);
    private readonly CancellationTokenSource _stopReceiving = new();
    private readonly CancellationTokenSource _giveUpSettling = new();
    private readonly PendingTasks _pending = new(observer);
    private readonly WorkerRecords? _records = store.Store is { } kept
        ? new WorkerRecords(kept, status.Recorder, options.Value.ResultRetention, telemetry, time, logger)
        : null;

    private readonly CancelWatch? _cancels = store.Store is IIndexedStore flags ? new CancelWatch(flags, telemetry, time, logger) : null;
    private readonly ClaimKeeper? _claims = store.Store is { } shared && keys.Keys is { } unique
        ? new ClaimKeeper(shared as IPermitStore, unique, telemetry, time, logger)
        : null;

    private readonly CheckpointStore? _checkpoints = store.Store is { } keeping && catalog.All.Any(static job => job.Handler is { UsesCheckpoint: true })
        ? new CheckpointStore(keeping, options.Value.CheckpointRetention, telemetry, time, logger)
        : null;

    private CancellationThread? _cancellations;
    private LeaseKeeper? _keeper;
    private KeeperClock? _clock;
    private Task _pumps = Task.CompletedTask;
    private volatile bool _isStarted;

    /// <summary>True from the start until the stop begins.</summary>
    public bool IsStarted => _isStarted;

    /// <summary>Null before the start.</summary>
    public FairGate? Gate { get; private set; }

    /// <summary>What was started for runs that ended, and has not.</summary>
    public PendingTasks Pending => _pending;

    /// <summary>Null before the start.</summary>
    public KeeperClock? Clock => _clock;

    /// <summary>What is to be cancelled; null without a store that can tell.</summary>
    public CancelWatch? Cancels => _cancels;

    public async Task StartAsync(CancellationToken cancellationToken)
    {
        try
        {
            cancellationToken.ThrowIfCancellationRequested();
            await _hooks.StartAsync(cancellationToken).ConfigureAwait(false);
        }
        catch (OperationCanceledException) when (lifetime is { ApplicationStopping.IsCancellationRequested: true })
        {
            // The host stops already, and must not end with an error because of that.
            return;
        }

        var settings = options.Value.Worker;
        var name = settings.Name!;
        var lanes = queues.Consumed.Select(queue => new QueueLane(queue, Math.Min(queue.Concurrency, settings.Concurrency), settings.MaxPrefetch)).ToArray();
        Gate = new FairGate(lanes, settings.Concurrency, settings.Strict, observer);
        var runner = CreateRunner(Gate, name);
        foreach (var lane in lanes)
        {
            Prepare(lane, runner);
        }

        _cancellations = time == TimeProvider.System ? new CancellationThread(telemetry, logger) : null;
        _keeper = new LeaseKeeper(lanes, Gate, runner, _cancellations is null ? CancelHere : _cancellations.Cancel, telemetry, time, logger, _records, _claims);
        if (_claims is not null)
        {
            _claims.Lost = _keeper.LoseClaim;
        }

        if (_checkpoints is not null)
        {
            _checkpoints.LeaseLost = _keeper.LoseLease;
        }

        if (_cancels is not null)
        {
            // Before anything is received: what was cancelled while no worker ran must not start.
            _cancels.Requested = _keeper.CancelJob;
            await _cancels.StartAsync(cancellationToken).ConfigureAwait(false);
        }

        _clock = new KeeperClock(_keeper.Tick, LeaseKeeper.Period, time);
        _pumps = Task.WhenAll(lanes.Select(lane => CreatePump(lane, name).RunAsync(_stopReceiving.Token)));
        _isStarted = true;
        telemetry.ObserveWorker(
            () => Array.ConvertAll(lanes, lane => new Measurement<long>(lane.Occupied, new KeyValuePair<string, object?>(Tags.Queue, lane.Name))),
            () => Gate.Running,
            () => Gate.Concurrency - Gate.Running);
        Log.WorkerStarted(logger, name, settings.Concurrency, string.Join(", ", lanes.Select(lane => lane.Name)));
    }

    public async Task StopAsync(CancellationToken cancellationToken)
    {
        if (!_isStarted)
        {
            return;
        }

        _isStarted = false;
        await StopReceivingAsync(cancellationToken).ConfigureAwait(false);
        await DrainAsync(cancellationToken).ConfigureAwait(false);
        await FlushAsync(cancellationToken).ConfigureAwait(false);
        await CloseAsync(cancellationToken).ConfigureAwait(false);
        Log.WorkerStopped(logger, options.Value.Worker.Name!);
    }

    public void Dispose()
    {
        _clock?.Dispose();
        _cancellations?.Dispose();
        _stopReceiving.Dispose();
        _giveUpSettling.Dispose();
    }

    private async Task StopReceivingAsync(CancellationToken cancellationToken)
    {
        await _stopReceiving.CancelAsync().ConfigureAwait(false);
        await _pumps.WaitAsync(cancellationToken).ConfigureAwait(ConfigureAwaitOptions.SuppressThrowing);
        foreach (var lane in Gate!.Lanes)
        {
            if (lane.Receiver is { } receiver)
            {
                await GuardAsync(receiver.StopAsync(cancellationToken), lane.Name).ConfigureAwait(false);
            }
        }
    }

    private async Task DrainAsync(CancellationToken cancellationToken)
    {
        var released = ReleaseWaiting();
        if (cancellationToken.IsCancellationRequested)
        {
            // A handler must not be started only to be cancelled, in a host that may be gone before it is.
            released += ReleaseOpenBatches();
        }

        var worker = options.Value.Worker;
        Log.WorkerStopping(logger, worker.Name!, Gate!.Running, released);
        foreach (var lane in Gate.Lanes)
        {
            foreach (var batcher in lane.Batchers.Values)
            {
                batcher.Flush();
            }
        }

        if (!await EndsWithinAsync(Gate.WhenIdleAsync(), worker.DrainTimeout, cancellationToken).ConfigureAwait(false))
        {
            Log.DrainTimedOut(logger, worker.Name!, worker.DrainTimeout, Gate.Running);
            _keeper!.StopAll(StopReason.HostStopping);
            await EndsWithinAsync(Gate.WhenIdleAsync(), CancelGrace, cancellationToken).ConfigureAwait(false);
        }
    }

    private async Task FlushAsync(CancellationToken cancellationToken)
    {
        // What still runs has had its chance: its lease ends, and another worker takes it.
        _keeper!.StopRenewing();
        ReleaseWaiting();
        await EndsWithinAsync(Gate!.WhenSettledAsync(), FlushTimeout, cancellationToken).ConfigureAwait(false);
        await _giveUpSettling.CancelAsync().ConfigureAwait(false);
        await EndsWithinAsync(_pending.WhenNoneAsync(), FlushTimeout, cancellationToken).ConfigureAwait(false);
    }

    private async Task CloseAsync(CancellationToken cancellationToken)
    {
        _clock!.Dispose();
        if (_cancels is not null)
        {
            await _cancels.DisposeAsync().ConfigureAwait(false);
        }

        foreach (var lane in Gate!.Lanes)
        {
            foreach (var batcher in lane.Batchers.Values)
            {
                batcher.Dispose();
            }

            if (lane.Receiver is { } receiver)
            {
                await GuardAsync(receiver.DisposeAsync(), lane.Name).ConfigureAwait(false);
            }
        }

        await _hooks.StopAsync(cancellationToken).ConfigureAwait(false);
    }

    private int ReleaseWaiting()
    {
        var released = 0;
        foreach (var waiting in Gate!.TakeWaiting())
        {
            released += Release(waiting.Batch ?? [waiting]);
        }

        return released;
    }

    private int ReleaseOpenBatches()
    {
        var released = 0;
        foreach (var lane in Gate!.Lanes)
        {
            foreach (var batcher in lane.Batchers.Values)
            {
                released += Release(batcher.Take());
            }
        }

        return released;
    }

    private static int Release(IReadOnlyList<JobRun> runs)
    {
        var released = 0;
        foreach (var run in runs)
        {
            if (run.TryMove(RunPhase.Waiting, RunPhase.Settling))
            {
                run.Lane.Runner.Release(run);
                released++;
            }
        }

        return released;
    }

    private async Task<bool> EndsWithinAsync(Task task, TimeSpan patience, CancellationToken cancellationToken)
    {
        using var cancelDelay = CancellationTokenSource.CreateLinkedTokenSource(cancellationToken);
        var delay = Task.Delay(patience, time, cancelDelay.Token);
        var isDone = await Task.WhenAny(task, delay).ConfigureAwait(false) == task;
        await cancelDelay.CancelAsync().ConfigureAwait(false);
        return isDone;
    }

    private async ValueTask GuardAsync(ValueTask task, string queue)
    {
        try
        {
            await task.ConfigureAwait(false);
        }
        catch (Exception exception)
        {
            telemetry.ErrorSwallowed("stop");
            Log.ReceiverStopFailed(logger, exception, queue);
        }
    }

    private JobRunner CreateRunner(FairGate gate, string worker)
    {
        var policy = new FailurePolicy(time, worker, Random.Shared);
        var scheduled = store.Store is null ? null : services.GetRequiredService<ScheduledRuns>();
        var reporter = new OutcomeReporter(
            telemetry, [.. failureHandlers], _records, options.Value.UnknownJobGrace, _pending, time, logger, observer, _cancels, scheduled, _checkpoints);
        return new JobRunner(
            gate,
            new Admission(time, policy, options.Value.UnknownJobGrace, _cancels),
            new HandlerInvoker(services, middleware, telemetry, logger, broker.Name, keepsResults: store.Store is not null, scheduled, _checkpoints),
            policy,
            reporter,
            time,
            observer,
            _records,
            _claims is null ? null : ClaimsOf(_claims, policy));
    }

    private JobClaims ClaimsOf(ClaimKeeper keeper, FailurePolicy policy)
    {
        var (kept, unique) = (store.Store!, keys.Keys!);
        var marks = new DoneMarks(kept, telemetry, options.Value.ResultRetention, time, logger, _giveUpSettling.Token);
        return new JobClaims(kept, unique, keeper, new ClaimTaker(kept, unique, marks, policy, telemetry, time, logger), marks, _pending, telemetry, time, logger);
    }

    private void Prepare(QueueLane lane, JobRunner runner)
    {
        lane.Runner = runner;
        lane.Settler = new Settler(lane, runner, _giveUpSettling.Token);
        lane.StoringSettler = new Settler(lane, runner, _giveUpSettling.Token);
        lane.DeadLetterSettler = new Settler(lane, runner, _giveUpSettling.Token);
        foreach (var job in catalog.All)
        {
            if (job is { Handler: BatchJobHandler, Settings.Batch: { } policy })
            {
                lane.Batchers.Add(job, new Batcher(lane, Gate!, policy, time));
                lane.BatchSize = job.Queue == lane.Name ? Math.Max(lane.BatchSize, policy.Size) : lane.BatchSize;
            }
        }
    }

    private QueuePump CreatePump(QueueLane lane, string worker)
    {
        queues.TryGet(lane.Name, out var settings);
        var receiverOptions = new ReceiverOptions
        {
            Lease = lane.Lease,
            Worker = worker,
            Priorities = settings!.Priorities,
            MaxInFlight = lane.Concurrency + lane.MaxPrefetch + (lane.BatchSize * lane.Concurrency),
        };
        return new QueuePump(lane, receiverOptions, Gate!, broker, provisioner, catalog, telemetry, time, logger, observer);
    }

    private void CancelHere(CancellationTokenSource tokens)
    {
        try
        {
            tokens.Cancel();
        }
        catch (Exception exception)
        {
            telemetry.ErrorSwallowed("cancel");
            Log.CancellationCallbackFailed(logger, exception);
        }
    }
}
