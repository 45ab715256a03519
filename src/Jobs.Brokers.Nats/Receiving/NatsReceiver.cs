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
    private static readonly TimeSpan LongestPause = TimeSpan.FromSeconds(1);
    private static readonly TimeSpan FirstPause = TimeSpan.FromMilliseconds(50);

    private readonly Lock _lock = new();
    private readonly Queue<NatsDelivery> _arrived = new();
    private readonly WakeUp _happened;
    private readonly CancellationTokenSource _stop = new();
    private readonly ReceiverContext _context;
    private readonly DeliveryPool<NatsDelivery> _pool;
    private readonly NatsSettler _settler;
    private readonly LevelPulls _pulls;
    private readonly PauseWatch _pauses;
    private readonly ITimer _watch;
    private volatile bool _mustAsk = true;
    private bool _isStopped;
    private bool _isInterrupted;
    private int _isReceiving;

    public NatsReceiver(ReceiverContext context)
    {
        _context = context;
        _happened = new WakeUp(context.Time);
        _pool = new DeliveryPool<NatsDelivery>(() => new NatsDelivery(this));
        _settler = new NatsSettler(context, _pool);
        _pulls = new LevelPulls(context, this, () => ArrivedCount, _happened, _stop.Token);
        _pauses = context.WatchPauses(_happened.Set);
        _watch = context.Time.CreateTimer(static receiver => ((NatsReceiver)receiver!).Watch(), this, PullConsumer.Heartbeat, PullConsumer.Heartbeat);
        context.Client.AddListener(this);
    }

    public string Queue => _context.Queue;

    public string Stream => _context.Stream;

    public async ValueTask<int> ReceiveAsync(Memory<JobDelivery> buffer, bool wait, CancellationToken cancellationToken)
    {
        AdapterRules.BeginReceive(Queue, buffer, ref _isReceiving, cancellationToken);
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
        _pulls.Stop();
        _happened.Set();
        await ReleaseArrivedAsync(cancellationToken).ConfigureAwait(false);
        _pulls.Dispose();
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
        _context.Leases.Connected(server.Id, server.StandsAlone);
        _settler.ExpectUnconfirmed();
        _mustAsk = true;
        _pulls.Connected();
        _happened.Set();
    }

    void IConnectionListener.OnDisconnected(Exception cause)
    {
        _pulls.Disconnected();
        _context.Leases.Disconnected();
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
                    // The next request overlaps with what is being worked on.
                    if (!_pauses.IsPaused)
                    {
                        _pulls.TopUp(buffer.Length - taken);
                    }

                    return taken;
                }

                if (!await IsReadyAsync(cancellationToken).ConfigureAwait(false))
                {
                    if (!wait)
                    {
                        return 0;
                    }
                }
                else if (_pulls.HasLevels || !wait)
                {
                    await _pulls.SweepAsync(buffer.Length, cancellationToken).ConfigureAwait(false);
                    if (HasArrived)
                    {
                        continue;
                    }

                    if (!wait)
                    {
                        return Take(buffer.Span, out _);
                    }

                    _pulls.AskEach(1);
                }
                else
                {
                    _pulls.AskEach(buffer.Length);
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

    // False if nothing can be asked for now.
    private async ValueTask<bool> IsReadyAsync(CancellationToken cancellationToken)
    {
        if (!_pulls.IsConnected)
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

        await _pulls.MendAsync(cancellationToken).ConfigureAwait(false);
        return !_pauses.IsPaused;
    }

    // Silence where heartbeats were asked for: what was asked for may have been forgotten, or the consumer is gone.
    private void Watch()
    {
        if (!_pulls.IsConnected)
        {
            return;
        }

        _settler.ForgetUnconfirmed();
        if (_pulls.TryGiveUp())
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
            using var patience = new CancellationTokenSource(LevelPulls.Patience, _context.Time);
            await _pulls.CreateMissingAsync(patience.Token).ConfigureAwait(false);
        }
        catch (Exception error) when (error is IOException or OperationCanceledException or JobConfigurationException or ObjectDisposedException)
        {
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
