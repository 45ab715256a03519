using System.Diagnostics;
using Jobs.Brokers;
using Jobs.Catalog;
using Jobs.Checkpoints;
using Jobs.Claims;
using Jobs.Messages;
using Jobs.Settling;
using Jobs.Status;
using Jobs.Telemetry;

namespace Jobs.Running;

/// <summary>The slot of one delivery in hand, from receive to settled. Pooled per lane.</summary>
/// <remarks>
/// Invariants: (1) phase and stop reason change only by compare-and-set on one word that carries the slot's generation, so that
/// a keeper that saw an older job cannot touch a newer one; (2) whoever sets a stop reason owns the token source from then on, and
/// the slot forgets it; (3) a run whose slot was abandoned never comes back to the pool.
/// </remarks>
internal sealed class JobRun : IThreadPoolWorkItem
{
    private const int RunsPerWorkItem = 64;
    private const int PhaseShift = 8;
    private const int GenerationShift = 16;

    private readonly Action _resume;
    private long _control;
    private long _startedAt;
    private ValueTask _pending;
    private int _deliveryGeneration;
    private CancellationTokenSource? _tokens;
    private Activity? _span;

    public JobRun(QueueLane lane, int index)
    {
        Lane = lane;
        Index = index;
        _resume = Resume;
    }

    public QueueLane Lane { get; }

    /// <summary>The slot's place in its lane.</summary>
    public int Index { get; }

    /// <summary>How the run ended; set before it goes to the settler.</summary>
    public Outcome? Outcome { get; set; }

    /// <summary>True for a job that killed workers before: it runs alone in the process.</summary>
    public bool IsExclusive { get; set; }

    /// <summary>True while the run waits in an open batch, where only the batch's window limits its patience.</summary>
    public bool IsCollecting { get; set; }

    /// <summary>Set on the first run of a closed batch, which holds permit, token and deadlines for all of them; itself included.</summary>
    public IReadOnlyList<JobRun>? Batch { get; set; }

    public JobDelivery Delivery { get; private set; } = null!;

    /// <summary>False once the adapter has reused the delivery object: the lease was lost long ago.</summary>
    public bool IsDeliveryOurs => Delivery is { } delivery && delivery.Generation == _deliveryGeneration;

    /// <summary>Null if this host does not know the job, or the bytes are not a job.</summary>
    public JobRegistration? Job { get; private set; }

    /// <summary>The job's id, for what is said after the delivery is settled; empty if the bytes are not a job.</summary>
    public JobId Id { get; private set; }

    /// <summary>The job's name, likewise.</summary>
    public string Name { get; private set; } = "";

    /// <summary>The name under which metrics count it: those of jobs that nobody knows here could be any number.</summary>
    public string Tag => Job is null ? Tags.OtherJob : Name;

    /// <summary>Since when the run waits for a permit (timestamp): since it was received, or its batch was closed.</summary>
    public long WaitingSince { get; set; }

    /// <summary>When the handler was started (timestamp); 0 before, and for the items of a batch that do not lead it.</summary>
    public long StartedAt
    {
        get => Volatile.Read(ref _startedAt);
        set => Volatile.Write(ref _startedAt, value);
    }

    /// <summary>When the lease is renewed next, and when it ends (timestamps). The keeper's.</summary>
    public long RenewAt { get; set; }

    /// <inheritdoc cref="RenewAt"/>
    public long LeaseEnds { get; set; }

    /// <summary>The timeouts of this run in timestamp units, from its start. The keeper's.</summary>
    public long SoftTimeout { get; set; }

    /// <inheritdoc cref="SoftTimeout"/>
    public long HardTimeout { get; set; }

    /// <summary>What the handler enqueued and the broker gets with its success, or null.</summary>
    public IReadOnlyList<JobMessage>? Held { get; set; }

    /// <summary>The result on its way to the store, or null.</summary>
    public ResultBuffer? Result { get; set; }

    /// <summary>The checkpoint of a run that keeps one, once it is read.</summary>
    public RunCheckpoint? Checkpoint { get; set; }

    /// <summary>What failure handlers are told once the dead letter is stored, or null.</summary>
    public JobFailureContext? Death { get; set; }

    /// <summary>What the records of this run say alike; null unless status is kept.</summary>
    public StatusFacts? Facts { get; set; }

    /// <summary>What the run has taken in the store, or null. That of an abandoned run stays its.</summary>
    public RunClaims? Claims { get; set; }

    /// <summary>The fence of what is stored of a run without a result.</summary>
    public long ResultOrder { get; set; }

    /// <summary>When the handler ended (timestamp), if something is written before the broker is told; else 0.</summary>
    public long EndedAt { get; set; }

    public RunPhase Phase => PhaseOf(Volatile.Read(ref _control));

    public StopReason StopReason => (StopReason)(byte)Volatile.Read(ref _control);

    /// <summary>What a later <see cref="TryStop"/> must present.</summary>
    public long Ticket => Volatile.Read(ref _control);

    public static RunPhase PhaseOf(long ticket) => (RunPhase)(byte)(ticket >> PhaseShift);

    public static StopReason StopReasonOf(long ticket) => (StopReason)(byte)ticket;

    /// <summary>The token of this run; made on first use, and cancelled already if the run was stopped before that.</summary>
    public CancellationToken Token
    {
        get
        {
            var tokens = _tokens;
            if (tokens is null)
            {
                tokens = new CancellationTokenSource();
                Interlocked.Exchange(ref _tokens, tokens);
            }

            if (StopReason != StopReason.None)
            {
                tokens.Cancel();
            }

            return tokens.Token;
        }
    }

    /// <summary>The source, if the run has one. Whoever stopped the run reads it after that, and checks the generation once more.</summary>
    public CancellationTokenSource? Tokens => Volatile.Read(ref _tokens);

    public void Assign(JobDelivery delivery, JobRegistration? job, long now, long leaseEnds, long renewAt)
    {
        Delivery = delivery;
        _deliveryGeneration = delivery.Generation;
        Job = job;
        Id = delivery.Message?.Id ?? default;
        Name = delivery.Message?.Name ?? "";
        WaitingSince = now;
        LeaseEnds = leaseEnds;
        RenewAt = renewAt;
        Volatile.Write(ref _control, NextGeneration(RunPhase.Waiting));
    }

    /// <summary>Keeps the span of the run, null without a listener, until it is known how the run ends.</summary>
    public void KeepSpan(Activity? span) => _span = span;

    /// <summary>Takes the span: who gets it ends it. Once only, though a run that was given up on may itself end later.</summary>
    public Activity? TakeSpan() => _span is null ? null : Interlocked.Exchange(ref _span, null);

    /// <summary>Claims the run for starting; false if it was taken out of the queue meanwhile.</summary>
    public bool TryClaim() => !IsCollecting && TryMove(RunPhase.Waiting, RunPhase.Running);

    /// <summary>Moves on if the run still is where the caller thinks, keeping a stop reason.</summary>
    public bool TryMove(RunPhase from, RunPhase to)
    {
        while (true)
        {
            var control = Volatile.Read(ref _control);
            if (PhaseOf(control) != from)
            {
                return false;
            }

            var next = (control & ~(0xFFL << PhaseShift)) | ((long)to << PhaseShift);
            if (Interlocked.CompareExchange(ref _control, next, control) == control)
            {
                return true;
            }
        }
    }

    /// <summary>Moves on if nothing happened to the run since the ticket was taken.</summary>
    public bool TryMove(long ticket, RunPhase to) =>
        Interlocked.CompareExchange(ref _control, (ticket & ~(0xFFL << PhaseShift)) | ((long)to << PhaseShift), ticket) == ticket;

    /// <summary>Notes why the run is stopped, if nothing happened to it since the ticket was taken, nobody stopped it before, and it has not ended.</summary>
    public bool TryStop(long ticket, StopReason reason) =>
        StopReasonOf(ticket) == StopReason.None
        && PhaseOf(ticket) is (RunPhase.Waiting or RunPhase.Running)
        && Interlocked.CompareExchange(ref _control, ticket | (byte)reason, ticket) == ticket;

    /// <summary>True if the slot still holds the delivery that it held when the ticket was taken.</summary>
    public bool IsSame(long ticket) => Ticket >> GenerationShift == ticket >> GenerationShift;

    /// <summary>True if the outcome was made of the delivery that the run was given, and not of a later use of the same object.</summary>
    public bool Owns(Outcome outcome) => outcome.Settlement.Delivery is null ? IsDeliveryOurs : outcome.Settlement.Generation == _deliveryGeneration;

    /// <summary>What the broker is told of the delivery that the run was given; of success, with what was enqueued.</summary>
    public Settlement Settle(SettleKind kind) =>
        new() { Delivery = Delivery, Generation = _deliveryGeneration, Kind = kind, Then = kind == SettleKind.Complete ? Held : null };

    /// <summary>Completes the delivery with a receiver that can do so at once.</summary>
    public SettleResult Complete(IInlineSettler receiver) => receiver.Complete(Delivery, _deliveryGeneration);

    /// <summary>Empties the slot. A token source that someone may yet cancel is left to them.</summary>
    public void Clear()
    {
        var stopped = StopReason != StopReason.None;
        if (_tokens is { } tokens && (stopped || !tokens.TryReset()))
        {
            _tokens = null;
        }

        Delivery = null!;
        Job = null;
        Outcome = null;
        Held = null;
        Result = null;
        Checkpoint = null;
        Death = null;
        Facts = null;
        Claims = null;
        EndedAt = 0;
        Batch = null;
        IsExclusive = false;
        IsCollecting = false;
        StartedAt = 0;
        Volatile.Write(ref _control, NextGeneration(RunPhase.Free));
    }

    /// <summary>Runs this and, while handlers end at once, what the gate starts next: a hop through the pool for each would cost more than such a job.</summary>
    /// <remarks>Each run starts at this level of the stack and in a clean context, and after a few the pool has its turn.</remarks>
    public void Execute()
    {
        var clean = ExecutionContext.Capture();
        JobRun? run = this;
        for (var started = 1; run is not null; started++)
        {
            run = run.Lane.Runner.Start(run, takesNext: started < RunsPerWorkItem);
            if (clean is not null && !ReferenceEquals(ExecutionContext.Capture(), clean))
            {
                ExecutionContext.Restore(clean);
            }

            if (SynchronizationContext.Current is not null)
            {
                SynchronizationContext.SetSynchronizationContext(null);
            }
        }
    }

    /// <summary>Runs this only.</summary>
    public void ExecuteAlone() => Lane.Runner.Start(this, takesNext: false);

    /// <summary>Continues when the handler's task has ended.</summary>
    public void Await(ValueTask task)
    {
        _pending = task;
        task.ConfigureAwait(false).GetAwaiter().UnsafeOnCompleted(_resume);
    }

    private void Resume()
    {
        var task = _pending;
        _pending = default;
        Lane.Runner.Resume(this, task);
    }

    private long NextGeneration(RunPhase phase) =>
        (((Volatile.Read(ref _control) >> GenerationShift) + 1) << GenerationShift) | ((long)phase << PhaseShift);
}
