using Jobs.Brokers.Redis.Protocol;
using Jobs.Brokers.Redis.Settling;
using Jobs.Telemetry;
using Microsoft.Extensions.Logging;

namespace Jobs.Brokers.Redis.Receiving;

/// <summary>Receives from the streams of one queue, as one consumer of their group.</summary>
/// <remarks>
/// <para>1. A fetch is never cut short: what the server handed out waits in <see cref="_arrived"/> for the next receive, or is put back
/// when receiving ends. A caller's token ends only its wait.</para>
/// <para>2. <see cref="_arrived"/> and <see cref="_isStopped"/> belong to the lock.</para>
/// <para>3. The idle time of an entry is its lease; only the reader looks after leases of others, when it has room for them.</para>
/// </remarks>
internal sealed class RedisReceiver : IJobReceiver
{
    private readonly Lock _lock = new();
    private readonly Queue<RedisDelivery> _arrived = new();
    private readonly CancellationTokenSource _stop = new();
    private readonly DeliveryPool<RedisDelivery> _pool;
    private readonly QueueReader _reader;
    private readonly RedisSettler _settler;
    private readonly DelayPromoter _promoter;
    private readonly ReceiverContext _context;
    private Task? _fetch;
    private bool _isStopped;
    private int _isReceiving;

    public RedisReceiver(ReceiverContext context, IBlockingConnection blocking, RedisBroker broker)
    {
        _context = context;
        _pool = new DeliveryPool<RedisDelivery>(() => new RedisDelivery(this));
        _settler = new RedisSettler(context, broker, _pool);
        _reader = new QueueReader(context, blocking, _settler, Add);
        _promoter = new DelayPromoter(context);
    }

    public string Queue => _context.Keys.Queue;

    public async ValueTask<int> ReceiveAsync(Memory<JobDelivery> buffer, bool wait, CancellationToken cancellationToken)
    {
        AdapterRules.BeginReceive(Queue, buffer, ref _isReceiving, cancellationToken);
        try
        {
            while (true)
            {
                var taken = Take(buffer.Span, out var isStopped);
                if (taken > 0 || isStopped)
                {
                    return taken;
                }

                if (!wait && _fetch is { IsCompleted: false })
                {
                    // A wait that was called off goes on at the server; who does not wait must not join it.
                    await _reader.ReadNowAsync(buffer.Length).ConfigureAwait(false);
                    return Take(buffer.Span, out _);
                }

                _fetch ??= _reader.FetchAsync(buffer.Length, wait, _stop.Token);
                await _fetch.WaitAsync(cancellationToken).ConfigureAwait(false);
                _fetch = null;
                if (!wait)
                {
                    return Take(buffer.Span, out _);
                }
            }
        }
        catch (Exception) when (_fetch is { IsCompleted: true })
        {
            _fetch = null;
            throw;
        }
        finally
        {
            Volatile.Write(ref _isReceiving, 0);
        }
    }

    public ValueTask SettleAsync(ReadOnlyMemory<Settlement> settlements, Memory<SettleResult> results, CancellationToken cancellationToken)
    {
        ArgumentOutOfRangeException.ThrowIfLessThan(results.Length, settlements.Length, nameof(results));
        return settlements.IsEmpty ? default : _settler.SettleAsync(settlements, results, cancellationToken);
    }

    public void Renew(ReadOnlySpan<JobDelivery> deliveries, Span<SettleResult> results)
    {
        ArgumentOutOfRangeException.ThrowIfLessThan(results.Length, deliveries.Length, nameof(results));
        LeaseRenewal.Renew(_context, deliveries, results);
    }

    public async ValueTask StopAsync(CancellationToken cancellationToken)
    {
        lock (_lock)
        {
            if (_isStopped)
            {
                return;
            }

            _isStopped = true;
        }

        await _stop.CancelAsync().ConfigureAwait(false);
        await _promoter.DisposeAsync().ConfigureAwait(false);
        await _reader.UnblockAsync(cancellationToken).ConfigureAwait(false);
        if (_fetch is { } fetch)
        {
            await fetch.WaitAsync(cancellationToken).ConfigureAwait(ConfigureAwaitOptions.SuppressThrowing);
        }

        await PutBackAsync(cancellationToken).ConfigureAwait(false);
    }

    public async ValueTask DisposeAsync()
    {
        using var patience = new CancellationTokenSource(TimeSpan.FromSeconds(2), _context.Time);
        await StopAsync(patience.Token).ConfigureAwait(false);
        await _reader.DisposeAsync().ConfigureAwait(false);
        _stop.Dispose();
        _context.Closed(this);
    }

    private void Add(int level, EntryId entry, EntryFields fields, int deliveries, LeaseEnd lease)
    {
        var delivery = _pool.Rent();
        delivery.Begin(level, entry, fields.Document, fields.State, deliveries, lease);
        lock (_lock)
        {
            _arrived.Enqueue(delivery);
        }
    }

    private int Take(Span<JobDelivery> buffer, out bool isStopped)
    {
        lock (_lock)
        {
            isStopped = _isStopped;
            var count = 0;
            while (!isStopped && count < buffer.Length && _arrived.TryDequeue(out var delivery))
            {
                // It waited here for a receive that was called off; by now someone else may have it.
                if (!_context.Leases.MayHavePassed(delivery))
                {
                    buffer[count++] = delivery;
                }
            }

            return count;
        }
    }

    private async ValueTask PutBackAsync(CancellationToken cancellationToken)
    {
        RedisDelivery[] unstarted;
        lock (_lock)
        {
            unstarted = [.. _arrived];
            _arrived.Clear();
        }

        try
        {
            foreach (var level in unstarted.GroupBy(static delivery => delivery.Level))
            {
                await _reader.PutBackAsync(level.Key, Array.ConvertAll(level.ToArray(), static delivery => delivery.Entry), cancellationToken).ConfigureAwait(false);
            }

            await new ConsumerCleanup(_context).RemoveOwnAsync(cancellationToken).ConfigureAwait(false);
        }
        catch (Exception error) when (error is IOException or OperationCanceledException)
        {
            _context.Telemetry.ErrorSwallowed("stop");
            Log.PutBackFailed(_context.Logger, unstarted.Length, Queue, error.Message);
        }
    }
}
