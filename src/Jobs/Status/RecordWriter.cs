using Jobs.Brokers;
using Jobs.Running;
using Jobs.Stores;
using Jobs.Telemetry;
using Microsoft.Extensions.Logging;

namespace Jobs.Status;

/// <summary>Writes records in batches that form while those before are on their way.</summary>
/// <remarks>
/// Invariants: (1) one flush is under way while there is anything to write; whoever finds none starts it, so nothing lingers, and it starts on the
/// pool, so that what ends at once with the first goes with it; full batches, of which a store that is far away gathers many, go beside it; fences
/// make their order harmless; (2) every owner is told once, in the context of no job; (3) a store that is away holds nobody up for long: owners are
/// told, and what may be late is written when it is back, which fences make harmless; (4) what waits for that is bounded, and what is dropped is
/// counted.
/// </remarks>
internal sealed class RecordWriter(IJobStore store, RecordsWritten written, JobsTelemetry telemetry, TimeProvider time, ILogger logger) : IThreadPoolWorkItem
{
    private const int MostLate = 10_000;
    private const int MostInRetry = 1_000;
    private const int MostUnderWay = 3;
    private const int FullBatch = 256;

    // How long a store may be away before it is not even asked.
    private static readonly TimeSpan Patience = TimeSpan.FromSeconds(2);

    private readonly IBatchedStore _store = SingleWrites.Over(store);
    private readonly Lock _lock = new();
    private readonly List<StoreWrite> _late = [];
    private readonly Queue<Batch> _full = new();
    private readonly Stack<Batch> _free = new();
    private Batch _pending = new();
    private int _underWay;
    private bool _isRetrying;

    /// <summary>Adds writes.</summary>
    /// <param name="writes">The writes, one or more.</param>
    /// <param name="owner">Told when they have been written or not; null: nobody.</param>
    /// <param name="mayBeLate">True if they are to be written later when they cannot be now.</param>
    public void Add(ReadOnlySpan<StoreWrite> writes, object? owner, bool mayBeLate)
    {
        lock (_lock)
        {
            _pending.Add(writes, owner, mayBeLate);
            if (_pending.Count >= FullBatch)
            {
                _full.Enqueue(_pending);
                _pending = NewBatch();
            }

            if (_underWay > 0 && (_full.Count == 0 || _underWay == MostUnderWay))
            {
                return;
            }

            _underWay++;
        }

        ThreadPool.UnsafeQueueUserWorkItem(this, preferLocal: false);
    }

    void IThreadPoolWorkItem.Execute() => _ = FlushAsync();

    private async Task FlushAsync()
    {
        while (TryTake() is { } batch)
        {
            Exception? error = null;
            try
            {
                await WriteAsync(batch.Writes, batch.Results).ConfigureAwait(false);
            }
            catch (Exception exception)
            {
                error = exception;
                Keep(batch, exception);
            }

            foreach (var (owner, first, count) in batch.Owners)
            {
                Tell(owner, error is null ? batch.Results.Span.Slice(first, count) : [], error);
            }

            // What became of one that failed, its store alone knows: it may read it yet.
            if (error is null)
            {
                batch.Clear();
                lock (_lock)
                {
                    _free.Push(batch);
                }
            }
        }
    }

    private Batch? TryTake()
    {
        lock (_lock)
        {
            if (_full.TryDequeue(out var full))
            {
                return full;
            }

            if (_pending.Count == 0 || _underWay > 1)
            {
                _underWay--;
                return null;
            }

            var batch = _pending;
            _pending = NewBatch();
            return batch;
        }
    }

    // Under the lock.
    private Batch NewBatch() => _free.TryPop(out var batch) ? batch : new Batch();

    private async Task WriteAsync(ReadOnlyMemory<StoreWrite> writes, Memory<StoreWriteResult> results)
    {
        if (_store.Health is { Status: not BrokerStatus.Connected } health && time.GetUtcNow() - health.Since > Patience)
        {
            throw new IOException($"Store '{_store.Name}' is away: {health.Error}");
        }

        using var patience = new CancellationTokenSource(Patience, time);
        await _store.WriteAsync(writes, results, patience.Token).ConfigureAwait(false);
    }

    private void Tell(object owner, ReadOnlySpan<StoreWriteResult> results, Exception? error)
    {
        try
        {
            written(owner, results, error);
        }
        catch (Exception)
        {
            telemetry.ErrorSwallowed("record");
        }
    }

    private void Keep(Batch batch, Exception error)
    {
        telemetry.ErrorSwallowed("record");
        var dropped = 0;
        lock (_lock)
        {
            for (var i = 0; i < batch.Count; i++)
            {
                if (!batch.MayBeLate[i])
                {
                    continue;
                }

                if (_late.Count < MostLate)
                {
                    _late.Add(batch.Writes.Span[i]);
                }
                else
                {
                    dropped++;
                }
            }

            if (dropped > 0)
            {
                Log.RecordsDropped(logger, _store.Name, dropped, MostLate);
            }

            if (_isRetrying || _late.Count == 0)
            {
                return;
            }

            _isRetrying = true;
        }

        Log.RecordsLate(logger, error, _store.Name);
        _ = RetryAsync();
    }

    private async Task RetryAsync()
    {
        var pause = new RetryPause(TimeSpan.FromMilliseconds(500), TimeSpan.FromSeconds(10), time);
        while (true)
        {
            await pause.WaitAsync(CancellationToken.None).ConfigureAwait(false);
            StoreWrite[] writes;
            lock (_lock)
            {
                writes = [.. _late.GetRange(0, Math.Min(MostInRetry, _late.Count))];
                if (writes.Length == 0)
                {
                    _isRetrying = false;
                    break;
                }
            }

            try
            {
                await WriteAsync(writes, new StoreWriteResult[writes.Length]).ConfigureAwait(false);
                pause.Reset();
                lock (_lock)
                {
                    _late.RemoveRange(0, writes.Length);
                }
            }
            catch (ObjectDisposedException)
            {
                return;
            }
            catch (Exception)
            {
                telemetry.ErrorSwallowed("record");
            }
        }

        Log.RecordsCaughtUp(logger, _store.Name);
    }

    private sealed class Batch
    {
        private StoreWrite[] _writes = new StoreWrite[FullBatch];
        private StoreWriteResult[] _results = new StoreWriteResult[FullBatch];

        public int Count { get; private set; }

        public ReadOnlyMemory<StoreWrite> Writes => _writes.AsMemory(0, Count);

        /// <summary>Places for what became of the writes.</summary>
        public Memory<StoreWriteResult> Results => _results.AsMemory(0, Count);

        public List<bool> MayBeLate { get; } = new(FullBatch);

        /// <summary>Who is told, with the place and the number of its writes.</summary>
        public List<(object Owner, int First, int Count)> Owners { get; } = new(FullBatch);

        public void Add(ReadOnlySpan<StoreWrite> writes, object? owner, bool mayBeLate)
        {
            if (writes.Length > _writes.Length - Count)
            {
                var size = Math.Max(Count + writes.Length, 2 * _writes.Length);
                Array.Resize(ref _writes, size);
                Array.Resize(ref _results, size);
            }

            writes.CopyTo(_writes.AsSpan(Count));
            Count += writes.Length;
            for (var i = 0; i < writes.Length; i++)
            {
                MayBeLate.Add(mayBeLate);
            }

            if (owner is not null)
            {
                Owners.Add((owner, Count - writes.Length, writes.Length));
            }
        }

        public void Clear()
        {
            Array.Clear(_writes, 0, Count);
            Count = 0;
            MayBeLate.Clear();
            Owners.Clear();
        }
    }
}
