using Jobs.Batching;
using Jobs.Brokers;
using Jobs.Catalog;
using Jobs.Settling;

namespace Jobs.Running;

/// <summary>One queue as this worker sees it: what is in hand, what waits for a permit, and how much more it may receive.</summary>
/// <remarks>All mutable members but <see cref="Receiver"/>, the settlers and <see cref="Pump"/> are guarded by the gate's lock.</remarks>
internal sealed class QueueLane(QueueSettings settings, int concurrency, int maxPrefetch)
{
    private readonly Stack<JobRun> _free = new();
    private JobRun?[] _slots = [];
    private int _slotCount;
    private volatile PumpState _pump;
    private long _failed;

    public string Name => settings.Name;

    public TimeSpan Lease => settings.Lease;

    public double Stride { get; } = 1.0 / settings.Weight;

    public int Weight => settings.Weight;

    public int Concurrency { get; } = concurrency;

    public JobRunner Runner { get; set; } = null!;

    /// <summary>Null until the pump has opened it.</summary>
    public IJobReceiver? Receiver
    {
        get;
        set
        {
            field = value;
            InlineSettler = value as IInlineSettler;
        }
    }

    /// <summary>The receiver, if it is one in this process.</summary>
    public IInlineSettler? InlineSettler { get; private set; }

    /// <summary>Takes what is merely done.</summary>
    public Settler Settler { get; set; } = null!;

    /// <summary>Takes what the broker must store something for first, to run it again or after it: a broker that does not, for minutes perhaps, must not hold
    /// up what is done.</summary>
    public Settler StoringSettler { get; set; } = null!;

    /// <summary>Takes dead letters: they have a place of their own, which may be full when nothing else is.</summary>
    public Settler DeadLetterSettler { get; set; } = null!;

    /// <summary>What the pump waits for.</summary>
    public PumpState Pump
    {
        get => _pump;
        set => _pump = value;
    }

    /// <summary>When the pump last received a delivery, or was started: a timestamp of the clock.</summary>
    public long ReceivedAt
    {
        get => Volatile.Read(ref field);
        set => Volatile.Write(ref field, value);
    }

    /// <summary>How many runs failed since the start: those retried or dead-lettered.</summary>
    public long Failed => Interlocked.Read(ref _failed);

    public void CountFailure() => Interlocked.Increment(ref _failed);

    /// <summary>True while the pump waits for credit, or is about to.</summary>
    public bool NeedsCredit { get; set; }

    /// <summary>Set when the pump may receive again.</summary>
    public AsyncSignal Credited { get; } = new();

    public Queue<WaitingRun> Waiting { get; } = new();

    public int Running { get; set; }

    public double Pass { get; set; }

    /// <summary>How many runs were started since the prefetch was last adapted.</summary>
    public int StartedSinceTick { get; set; }

    public int Prefetch { get; set; }

    /// <summary>Batches closed and not yet ended.</summary>
    public int ClosedBatches { get; set; }

    /// <summary>The size of the largest batch job of this queue; 0 if there is none.</summary>
    public int BatchSize { get; set; }

    public Dictionary<JobRegistration, Batcher> Batchers { get; } = [];

    /// <summary>Slots in use: waiting, running or settling.</summary>
    public int Occupied { get; private set; }

    /// <summary>All slots, for the keeper, which reads them without the lock: an entry is null before its slot is made, and after it was abandoned.</summary>
    public ReadOnlySpan<JobRun?> Slots => Volatile.Read(ref _slots);

    public int MaxPrefetch => maxPrefetch;

    /// <summary>How many deliveries this lane may hold: its concurrency, a prefetch, and room to fill batches.</summary>
    public int Capacity => Concurrency + Prefetch + (BatchSize * Math.Min(ClosedBatches + 1, Concurrency));

    public int Credit => Capacity - Occupied;

    /// <summary>Small receives are wasteful while there still is work; with none left, any room counts.</summary>
    public bool IsWorthReceiving => Credit is > 0 and var credit && (Waiting.Count == 0 || credit * 4 >= Capacity);

    /// <summary>Wakes the pump if it waits for credit and may have some.</summary>
    public void SignalIfCredited()
    {
        if (NeedsCredit && IsWorthReceiving)
        {
            NeedsCredit = false;
            Credited.Set();
        }
    }

    /// <summary>A run starts. What starts beyond the lane's places found one that was freed since the tick: jobs are fast, and a burst need not wait for the next tick.</summary>
    public void CountStart()
    {
        var turnover = ++StartedSinceTick - Concurrency;
        if (turnover > Prefetch && turnover <= maxPrefetch)
        {
            Prefetch = turnover;
        }
    }

    public JobRun Rent()
    {
        Occupied++;
        if (_free.TryPop(out var run))
        {
            return run;
        }

        run = new JobRun(this, _slotCount);
        if (_slotCount == _slots.Length)
        {
            var larger = new JobRun?[Math.Max(16, _slotCount * 2)];
            _slots.CopyTo(larger, 0);
            Volatile.Write(ref _slots, larger);
        }

        _slots[_slotCount++] = run;
        return run;
    }

    public void Return(JobRun run)
    {
        Occupied--;
        if (run.Phase == RunPhase.Abandoned)
        {
            // The zombie keeps its object; a new one takes its place.
            run = _slots[run.Index] = new JobRun(this, run.Index);
            _free.Push(run);
            return;
        }

        run.Clear();
        _free.Push(run);
    }
}
