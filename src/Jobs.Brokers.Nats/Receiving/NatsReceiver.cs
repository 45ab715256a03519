using Jobs.Brokers.Nats.Protocol;
using Jobs.Brokers.Nats.Settling;
using Microsoft.Extensions.Logging;

namespace Jobs.Brokers.Nats.Receiving;

/// <summary>Receives from the consumers of one queue.</summary>
/// <remarks>
/// <para>1. What the server hands out waits in <see cref="_arrived"/> for the next receive, or is released when receiving ends. A caller's token ends only its wait.</para>
/// <para>2. With one level, requests overlap: the next is under way before the last is filled. With several, the levels are asked in turn, highest first.</para>
/// <para>3. <see cref="_arrived"/> and <see cref="_isStopped"/> belong to the lock. Messages come in by the thread that reads.</para>
/// </remarks>
internal sealed class NatsReceiver : IJobReceiver, IPullOwner, IConnectionListener
{
    private static readonly TimeSpan Patience = TimeSpan.FromSeconds(5);
    private static readonly TimeSpan LongestPause = TimeSpan.FromSeconds(1);
    private static readonly TimeSpan FirstPause = TimeSpan.FromMilliseconds(50);

    private readonly Lock _lock = new();
    private readonly Queue<NatsDelivery> _arrived = new();
    private readonly WakeUp _happened;
    private readonly CancellationTokenSource _stop = new();
    private readonly ReceiverContext _context;
    private readonly DeliveryPool<NatsDelivery> _pool;
    private readonly NatsSettler _settler;
    private readonly PullConsumer[] _consumers;
    private readonly PauseWatch _pauses;
    private readonly ITimer _watch;
    private volatile bool _isConnected;
    private volatile bool _mustAsk = true;
    private bool _isStopped;
    private bool _isInterrupted;
    private int _isReceiving;
    private uint _turn;

    public NatsReceiver(ReceiverContext context)
    {
        _context = context;
        _happened = new WakeUp(context.Time);
        _pool = new DeliveryPool<NatsDelivery>(() => new NatsDelivery(this));
        _settler = new NatsSettler(context, _pool);
        _consumers = Array.ConvertAll(context.Levels, level => new PullConsumer(context.Client, context.Stream, NatsNames.Consumer(level), level, this, context.Time));
        _pauses = context.WatchPauses(_happened.Set);
        _watch = context.Time.CreateTimer(static receiver => ((NatsReceiver)receiver!).Watch(), this, PullConsumer.Heartbeat, PullConsumer.Heartbeat);
        context.Client.AddListener(this);
    }

    public string Queue => _context.Queue;

    public string Stream => _context.Stream;

    public async ValueTask<int> ReceiveAsync(Memory<JobDelivery> buffer, bool wait, CancellationToken cancellationToken)
    {
        cancellationToken.ThrowIfCancellationRequested();
        if (buffer.IsEmpty)
        {
            throw new ArgumentException("The buffer must hold at least one delivery.", nameof(buffer));
        }

        if (Interlocked.Exchange(ref _isReceiving, 1) != 0)
        {
            throw new InvalidOperationException($"A receiver has one receive at a time; one on queue '{Queue}' is still waiting.");
        }

        try
        {
            return await ReceiveCoreAsync(buffer, wait, cancellationToken).ConfigureAwait(false);
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
        await _watch.DisposeAsync().ConfigureAwait(false);
        _context.Client.RemoveListener(this);
        _pauses.Dispose();
        Array.ForEach(_consumers, static consumer => consumer.Stop());
        _happened.Set();
        await ReleaseArrivedAsync(cancellationToken).ConfigureAwait(false);
        Array.ForEach(_consumers, static consumer => consumer.Dispose());
    }

    public async ValueTask DisposeAsync()
    {
        using var patience = new CancellationTokenSource(TimeSpan.FromSeconds(2), _context.Time);
        await StopAsync(patience.Token).ConfigureAwait(false);
        _stop.Dispose();
        _context.Closed(this);
    }

    void IPullOwner.OnDelivery(PullConsumer consumer, in AckSubject ack, in NatsMessage message)
    {
        if (_settler.IsUnconfirmed(ack))
        {
            // Done here, and only the answer is missing.
            _settler.AcknowledgeAgain(ack, message.ReplyTo);
            return;
        }

        if (ack.Delivered > 1 && _context.Leases.IsGuarded)
        {
            // The server counts its own absence as its owner's, who may well be there: if not, it comes once more.
            return;
        }

        message.Headers.TryGet(Headers.State, out var state);
        var delivery = _pool.Rent();
        delivery.Begin(consumer.Level, ack, message.ReplyTo, message.Payload, state, _context.Leases.EndOfArrived());
        lock (_lock)
        {
            _arrived.Enqueue(delivery);
        }
    }

    void IPullOwner.OnPause(PullConsumer consumer) => _happened.Set();

    void IConnectionListener.OnConnected(NatsServerInfo server)
    {
        Array.ForEach(_consumers, static consumer => consumer.Forget());
        _context.Leases.Connected(server.Id, server.Cluster is null);
        _settler.ExpectUnconfirmed();
        _mustAsk = true;
        _isConnected = true;
        _happened.Set();
    }

    void IConnectionListener.OnDisconnected(Exception cause)
    {
        _isConnected = false;
        _context.Leases.Disconnected();
        Array.ForEach(_consumers, static consumer => consumer.Forget());
        _happened.Set();
    }

    private async ValueTask<int> ReceiveCoreAsync(Memory<JobDelivery> buffer, bool wait, CancellationToken cancellationToken)
    {
        var pause = new RetryPause(FirstPause, LongestPause, _context.Time);
        while (true)
        {
            var taken = Take(buffer.Span, out var isStopped);
            if (isStopped)
            {
                return 0;
            }

            try
            {
                if (taken > 0)
                {
                    _isInterrupted = false;
                    TopUp(buffer.Length - taken);
                    return taken;
                }

                if (!await IsReadyAsync(cancellationToken).ConfigureAwait(false))
                {
                    if (!wait)
                    {
                        return 0;
                    }
                }
                else if (_consumers.Length > 1 || !wait)
                {
                    if (await SweepAsync(buffer.Length, cancellationToken).ConfigureAwait(false))
                    {
                        continue;
                    }

                    if (!wait)
                    {
                        return Take(buffer.Span, out _);
                    }

                    Array.ForEach(_consumers, consumer => Ask(consumer, 1));
                }
                else
                {
                    Ask(_consumers[0], buffer.Length);
                }

                if (!HasArrived)
                {
                    await _happened.WaitAsync(Timeout.InfiniteTimeSpan, cancellationToken).ConfigureAwait(false);
                }
            }
            catch (Exception error) when (error is IOException || (error is OperationCanceledException && !cancellationToken.IsCancellationRequested))
            {
                if (taken > 0)
                {
                    return taken;
                }

                if (_stop.IsCancellationRequested)
                {
                    return 0;
                }

                Interrupted(error);
                if (!wait)
                {
                    return 0;
                }

                await pause.WaitAsync(cancellationToken).ConfigureAwait(false);
            }
        }
    }

    private bool HasArrived
    {
        get
        {
            lock (_lock)
            {
                return _arrived.Count > 0 || _isStopped;
            }
        }
    }

    // Asks for as many as the caller has room for, less what may still come, or has come since he looked.
    private void Ask(PullConsumer consumer, int credit)
    {
        var outstanding = consumer.Outstanding;
        outstanding += ArrivedCount;
        if (outstanding == 0 || outstanding <= credit / 2)
        {
            consumer.Pull(credit - outstanding, wait: true);
        }
    }

    // The next request overlaps with what is being worked on.
    private void TopUp(int credit)
    {
        if (credit > 0 && _consumers.Length == 1 && _isConnected && !_pauses.IsPaused && !_consumers[0].IsGone)
        {
            Ask(_consumers[0], credit);
        }
    }

    // Each level in turn, highest first, without waiting. One turn in four begins with the second level, one in sixteen with the last,
    // for a quarter of the credit: none starves.
    private async ValueTask<bool> SweepAsync(int credit, CancellationToken cancellationToken)
    {
        _turn++;
        var first = _consumers.Length == 1 ? 0 : _turn % 16 == 0 ? _consumers.Length - 1 : _turn % 4 == 0 ? 1 : 0;
        if (first > 0)
        {
            await AskNowAsync(_consumers[first], Math.Max(1, credit / 4), cancellationToken).ConfigureAwait(false);
        }

        foreach (var consumer in _consumers)
        {
            var left = credit - ArrivedCount;
            if (left <= 0)
            {
                break;
            }

            await AskNowAsync(consumer, left, cancellationToken).ConfigureAwait(false);
        }

        return HasArrived;
    }

    private int ArrivedCount
    {
        get
        {
            lock (_lock)
            {
                return _arrived.Count;
            }
        }
    }

    private async ValueTask AskNowAsync(PullConsumer consumer, int count, CancellationToken cancellationToken)
    {
        consumer.Pull(count, wait: false);
        var begun = _context.Time.GetTimestamp();
        while (consumer.IsAsking && _isConnected && !_stop.IsCancellationRequested)
        {
            var left = Patience - _context.Time.GetElapsedTime(begun);
            if (left <= TimeSpan.Zero)
            {
                consumer.Forget();
                await LookForConsumersAsync(cancellationToken).ConfigureAwait(false);
                return;
            }

            await _happened.WaitAsync(left, cancellationToken).ConfigureAwait(false);
        }
    }

    // False if nothing can be asked for now.
    private async ValueTask<bool> IsReadyAsync(CancellationToken cancellationToken)
    {
        if (!_isConnected)
        {
            return false;
        }

        if (_mustAsk)
        {
            _mustAsk = false;
            try
            {
                await _pauses.AskAsync(cancellationToken).ConfigureAwait(false);
            }
            catch
            {
                _mustAsk = true;
                throw;
            }
        }

        foreach (var consumer in _consumers)
        {
            if (consumer.TakeRefusal() is { } refusal)
            {
                throw refusal;
            }

            if (consumer.IsGone)
            {
                await _context.CreateConsumer(consumer.Level, cancellationToken).ConfigureAwait(false);
                consumer.Renewed();
                _context.Telemetry.ErrorSwallowed("consumer");
                Log.ConsumerRecreated(_context.Logger, Queue);
            }
        }

        return !_pauses.IsPaused;
    }

    private async ValueTask LookForConsumersAsync(CancellationToken cancellationToken)
    {
        foreach (var consumer in _consumers)
        {
            // Making one that is there changes nothing.
            await _context.CreateConsumer(consumer.Level, cancellationToken).ConfigureAwait(false);
        }
    }

    // Silence where heartbeats were asked for: what was asked for may have been forgotten, or the consumer is gone.
    private void Watch()
    {
        var isSilent = false;
        foreach (var consumer in _consumers)
        {
            isSilent |= _isConnected && consumer.TryGiveUp();
        }

        if (_isConnected)
        {
            _settler.ForgetUnconfirmed();
        }

        if (isSilent)
        {
            _context.Telemetry.ErrorSwallowed("heartbeat");
            Log.HeartbeatMissed(_context.Logger, Queue);
            _ = LookForSilentAsync();
        }
    }

    private async Task LookForSilentAsync()
    {
        try
        {
            using var patience = new CancellationTokenSource(Patience, _context.Time);
            await LookForConsumersAsync(patience.Token).ConfigureAwait(false);
        }
        catch (Exception error) when (error is IOException or OperationCanceledException or JobConfigurationException)
        {
            _context.Telemetry.ErrorSwallowed("receive");
            Interrupted(error);
        }

        _happened.Set();
    }

    private int Take(Span<JobDelivery> buffer, out bool isStopped)
    {
        lock (_lock)
        {
            isStopped = _isStopped;
            var count = 0;
            while (!isStopped && count < buffer.Length && _arrived.TryDequeue(out var delivery))
            {
                if (_context.Leases.HasPassed(delivery))
                {
                    // It has waited here for too long; it comes back by itself.
                    delivery.Lose();
                }
                else
                {
                    buffer[count++] = delivery;
                }
            }

            return count;
        }
    }

    private async ValueTask ReleaseArrivedAsync(CancellationToken cancellationToken)
    {
        NatsDelivery[] unstarted = [];
        try
        {
            // Whatever the server had sent before it knew has come in with its answer.
            await _context.Client.FlushAsync(cancellationToken).ConfigureAwait(false);
            lock (_lock)
            {
                unstarted = [.. _arrived];
                _arrived.Clear();
            }

            var settlements = Array.ConvertAll(unstarted, static delivery => new Settlement { Delivery = delivery, Kind = SettleKind.Release });
            await _settler.SettleAsync(settlements, new SettleResult[settlements.Length], cancellationToken).ConfigureAwait(false);
        }
        catch (Exception error) when (error is IOException or OperationCanceledException)
        {
            _context.Telemetry.ErrorSwallowed("stop");
            Log.ReleaseFailed(_context.Logger, unstarted.Length, Queue, error.Message);
        }
    }

    private void Interrupted(Exception error)
    {
        _context.Telemetry.ErrorSwallowed("receive");
        if (!_isInterrupted)
        {
            _isInterrupted = true;
            Log.ReceiveInterrupted(_context.Logger, Queue, error.Message);
        }
    }
}
