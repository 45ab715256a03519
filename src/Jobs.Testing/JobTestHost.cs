using Jobs.Catalog;
using Jobs.Definitions;
using Jobs.Memory;
using Jobs.Testing.Faults;
using Jobs.Testing.Recording;
using Jobs.Testing.Watching;
using Microsoft.Extensions.DependencyInjection;

namespace Jobs.Testing;

/// <summary>A whole host for tests: client, worker and memory broker, on a clock that only the test moves.</summary>
/// <remarks>
/// <para>Between calls the clock stands still: what is due runs, what is delayed waits. <see cref="RunUntilIdleAsync"/> runs everything to its
/// end, <see cref="RunAsync"/> lets a span of time pass.</para>
/// <para>The host knows by signals when the worker rests; it sleeps for nothing. A handler that waits must wait for the clock of the test:
/// let it take <see cref="TimeProvider"/>.</para>
/// <para>The record and <see cref="Faults"/> are safe for concurrent use; the calls that move the clock are made one at a time.</para>
/// </remarks>
public sealed partial class JobTestHost : IAsyncDisposable
{
    private readonly Action<IJobsBuilder> _jobs;
    private readonly JobTestHostOptions _options;
    private readonly FaultScript _script = new();
    private readonly ChangeSignal _changes = new();
    private readonly Recorder _recorder;
    private readonly MemoryStore _store;
    private HostRun _run;

    private JobTestHost(Action<IJobsBuilder> jobs, JobTestHostOptions options)
    {
        _jobs = jobs;
        _options = options;
        Time = new FakeTimeProvider(options.StartTime);
        Broker = new MemoryBroker(Time);
        _store = new MemoryStore(Time);
        _recorder = new Recorder(Time);
        Faults = new JobTestFaults(_script, Broker, () => Queues.Select(queue => queue.Name));
        _run = CreateRun();
    }

    /// <summary>Enqueues jobs.</summary>
    public IJobClient Jobs => Services.GetRequiredService<IJobClient>();

    /// <summary>The host's services. New ones after a restart.</summary>
    public IServiceProvider Services => _run.Services;

    /// <summary>The clock.</summary>
    public FakeTimeProvider Time { get; }

    /// <summary>The broker: dead letters, replay, depth, pause. It outlives restarts.</summary>
    public MemoryBroker Broker { get; }

    /// <summary>Makes things go wrong.</summary>
    public JobTestFaults Faults { get; }

    /// <summary>Every job that the broker has accepted, in order; those that handlers enqueued from the moment their job succeeded.</summary>
    public IReadOnlyList<EnqueuedJob> Enqueued => _recorder.Enqueued;

    /// <summary>How every run ended, in order.</summary>
    public IReadOnlyList<JobOutcome> Outcomes => _recorder.Outcomes;

    /// <summary>How many deliveries the worker holds: waiting, running or being settled.</summary>
    public int InHand => _run.Watch.Gate?.InHand ?? 0;

    /// <summary>How many jobs run, a batch counted as one.</summary>
    public int Running => _run.Watch.Gate?.Running ?? 0;

    private IReadOnlyList<QueueSettings> Queues => Services.GetRequiredService<QueueCatalog>().All;

    /// <summary>Makes a host and starts it.</summary>
    /// <param name="jobs">What the application says in its AddJobs. The broker is always the memory broker; a worker is added.</param>
    /// <param name="options">Null: the defaults.</param>
    /// <param name="cancellationToken">Ends the start.</param>
    public static async Task<JobTestHost> StartAsync(Action<IJobsBuilder> jobs, JobTestHostOptions? options = null, CancellationToken cancellationToken = default)
    {
        ArgumentNullException.ThrowIfNull(jobs);
        var host = new JobTestHost(jobs, options ?? new JobTestHostOptions());
        try
        {
            await host._run.StartAsync(cancellationToken).ConfigureAwait(false);
        }
        catch
        {
            await host.DisposeAsync().ConfigureAwait(false);
            throw;
        }

        return host;
    }

    /// <summary>The accepted jobs with args of this type, in order.</summary>
    public IReadOnlyList<EnqueuedJob<TArgs>> GetEnqueued<TArgs>()
        where TArgs : IJobArgs<TArgs> =>
        [.. Enqueued.Where(job => job.Is(TArgs.Definition)).Select(job => new EnqueuedJob<TArgs>(job))];

    /// <summary>How many runs ended so.</summary>
    public int Count(JobOutcomeKind kind) => Outcomes.Count(outcome => outcome.Kind == kind);

    /// <summary>Stops the host as a deployment does, moving the clock as far as the drain needs, and starts a new one on the same clock, broker and store.</summary>
    /// <exception cref="JobTestException">It did not stop within <see cref="JobTestHostOptions.SafetyLimit"/>.</exception>
    public Task RestartAsync(CancellationToken cancellationToken = default) => RestartAsync(TimeSpan.Zero, cancellationToken);

    /// <inheritdoc cref="RestartAsync(CancellationToken)"/>
    /// <param name="downtime">How far the clock moves while no host runs: ticks of schedules are missed.</param>
    /// <param name="cancellationToken">Ends the call.</param>
    public async Task RestartAsync(TimeSpan downtime, CancellationToken cancellationToken = default)
    {
        ArgumentOutOfRangeException.ThrowIfLessThan(downtime, TimeSpan.Zero);
        await DriveStopAsync(_run.StopAsync(cancellationToken), cancellationToken).ConfigureAwait(false);
        await _run.DisposeAsync().ConfigureAwait(false);
        Time.Advance(downtime);
        _run = CreateRun();
        await _run.StartAsync(cancellationToken).ConfigureAwait(false);
    }

    /// <summary>Kills the host, as a power failure does, and starts a new one on the same clock, broker and store.</summary>
    /// <remarks>What it had in hand comes back when the leases have passed. Handlers that are running see their token cancelled, and nobody hears what they do then.</remarks>
    public Task CrashAsync(CancellationToken cancellationToken = default) => CrashAsync(TimeSpan.Zero, cancellationToken);

    /// <inheritdoc cref="CrashAsync(CancellationToken)"/>
    /// <param name="downtime">How far the clock moves while no host runs: ticks of schedules are missed.</param>
    /// <param name="cancellationToken">Ends the call.</param>
    public async Task CrashAsync(TimeSpan downtime, CancellationToken cancellationToken = default)
    {
        ArgumentOutOfRangeException.ThrowIfLessThan(downtime, TimeSpan.Zero);
        await _run.KillAsync().ConfigureAwait(false);
        Time.Advance(downtime);
        _run = CreateRun();
        await _run.StartAsync(cancellationToken).ConfigureAwait(false);
    }

    /// <summary>Ends the host at once, whatever is left to do, and forgets everything: what a test found out must not hide behind a drain that hangs.</summary>
    public async ValueTask DisposeAsync()
    {
        await _run.KillAsync().ConfigureAwait(false);
        await Broker.DisposeAsync().ConfigureAwait(false);
        await _store.DisposeAsync().ConfigureAwait(false);
    }

    private HostRun CreateRun() => HostRun.Create(_jobs, _options, Time, Broker, _store, _script, _recorder, _changes);
}
