using System.Buffers;
using Jobs.Brokers.Sqs.Protocol;
using Jobs.Brokers.Sqs.Queues;
using Jobs.Brokers.Sqs.Settling;
using Jobs.Messages;

namespace Jobs.Brokers.Sqs.Receiving;

/// <summary>Receives from the queues at SQS of one queue.</summary>
/// <remarks>
/// <para>1. What SQS hands out waits in <see cref="_arrived"/> for the next receive, or is released when receiving ends. A caller's token ends only its wait.</para>
/// <para>2. With one level, receives wait at SQS while the caller works. With several, the levels are asked in turn, highest first.</para>
/// <para>3. <see cref="_arrived"/> and <see cref="_isStopped"/> belong to the lock.</para>
/// </remarks>
internal sealed class SqsReceiver : IJobReceiver
{
    private static readonly TimeSpan FirstPause = TimeSpan.FromMilliseconds(100);
    private static readonly TimeSpan LongestPause = TimeSpan.FromSeconds(5);
    private static readonly TimeSpan LateReleasePatience = TimeSpan.FromSeconds(5);

    // SQS renews nothing for longer than this after a receive.
    private static readonly TimeSpan LongestHold = TimeSpan.FromHours(12) - TimeSpan.FromSeconds(30);

    private readonly Lock _lock = new();
    private readonly Queue<SqsDelivery> _arrived = new();
    private readonly CancellationTokenSource _stop = new();
    private readonly CancellationTokenSource _abort = new();
    private readonly WakeUp _happened;
    private readonly ReceiverContext _context;
    private readonly DeliveryPool<SqsDelivery> _pool;
    private readonly SqsSettler _settler;
    private readonly LevelPolls _polls;
    private Task _lateReleases = Task.CompletedTask;
    private bool _isStopped;
    private bool _isInterrupted;
    private bool _isDisposed;
    private int _isReceiving;

    public SqsReceiver(ReceiverContext context)
    {
        _context = context;
        _happened = new WakeUp(context.Time);
        _pool = new DeliveryPool<SqsDelivery>(() => new SqsDelivery(this));
        _settler = new SqsSettler(context, _pool);
        _polls = new LevelPolls(context, OnMessages, () => ArrivedCount, _happened.Set, _abort.Token);
    }

    public string Queue => _context.Queue;

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

    /// <summary>Ends receiving. Receives that wait at SQS run out by themselves, and what they still bring is released.</summary>
    public async ValueTask StopAsync(CancellationToken cancellationToken)
    {
        SqsDelivery[] unstarted;
        lock (_lock)
        {
            if (_isStopped)
            {
                return;
            }

            _isStopped = true;
            unstarted = [.. _arrived];
            _arrived.Clear();
        }

        _settler.IsHurrying = true;
        await _stop.CancelAsync().ConfigureAwait(false);
        _happened.Set();
        await ReleaseAsync(unstarted, cancellationToken).ConfigureAwait(false);
    }

    public async ValueTask DisposeAsync()
    {
        if (Interlocked.Exchange(ref _isDisposed, true))
        {
            return;
        }

        using var patience = new CancellationTokenSource(TimeSpan.FromSeconds(2), _context.Time);
        await StopAsync(patience.Token).ConfigureAwait(false);
        await _abort.CancelAsync().ConfigureAwait(false);
        Task late;
        lock (_lock)
        {
            late = _lateReleases;
        }

        // A release that is cut in the middle leaves both, the copy and the message.
        await late.WaitAsync(patience.Token).ConfigureAwait(ConfigureAwaitOptions.SuppressThrowing);
        _context.Closed(this);
    }

    private void OnMessages(int level, SqsMessages messages)
    {
        var begun = _context.Leases.BeginningOf(messages.AnsweredAt);
        var lease = _context.Leases.EndOf(begun);
        var done = new List<ReadOnlyMemory<byte>>();
        var late = new List<SqsDelivery>();
        foreach (ref readonly var message in messages)
        {
            var key = MessageKey.Of(message.MessageId.Span);
            if (_settler.IsDone(key))
            {
                done.Add(message.ReceiptHandle.ToArray());
            }
            else if (_context.InHand.TryAdopt(key, message.ReceiptHandle.Span, _context.Leases))
            {
                _context.Telemetry.ErrorSwallowed("duplicate");
                Log.DuplicateDropped(_context.Logger, Queue);
            }
            else
            {
                var delivery = Begin(level, key, message, begun, lease);
                if (delivery.Message is { } job && _context.Marks.Marks.Drops(message.SentAt, job.EffectiveDue))
                {
                    done.Add(message.ReceiptHandle.ToArray());
                    Lose(delivery);
                }
                else
                {
                    Keep(delivery, late);
                }
            }
        }

        if (done.Count > 0)
        {
            _ = _settler.DeleteAgainAsync(level, done);
        }

        if (late.Count > 0)
        {
            lock (_lock)
            {
                _lateReleases = Task.WhenAll(_lateReleases, ReleaseLateAsync([.. late]));
            }
        }
    }

    private SqsDelivery Begin(int level, MessageKey key, in SqsMessage message, long begun, LeaseEnd lease)
    {
        var delivery = _pool.Rent();
        var deliveries = Math.Max(1, message.ReceiveCount);
        var document = Bodies.Read(message);
        var state = _context.IsFifo && deliveries > 1 ? StateByReceives(document, message, deliveries) : message.State;
        delivery.Begin(level, key, message, document.Span, state.Span, _context.IsFifo ? 1 : deliveries, lease, begun + _context.Leases.ToTimestamp(LongestHold));
        _context.InHand.Add(delivery, _context.Leases);
        if (deliveries == 1 && delivery.Message is { } job)
        {
            _context.Age.Received(job.EffectiveDue is { } due && due > message.SentAt ? due : message.SentAt);
        }

        return delivery;
    }

    // A message of a FIFO queue is retried in place: how often, and since when, it was received is all that tells its attempts, and for how long
    // a job that nobody knows has been put off.
    private static ReadOnlyMemory<byte> StateByReceives(ReadOnlyMemory<byte> document, in SqsMessage message, int receives)
    {
        if (!JobMessage.TryFromBytes(document, message.State.Span, out var job, out _))
        {
            return message.State;
        }

        // An emulator may not tell.
        var first = message.FirstReceivedAt;
        DateTimeOffset? since = first > DateTimeOffset.UnixEpoch ? first : null;
        var counted = new ArrayBufferWriter<byte>(64);
        (job.State with { Attempt = job.State.Attempt + receives - 1, UnknownSince = job.State.UnknownSince ?? since }).WriteTo(counted);
        return counted.WrittenMemory;
    }

    private void Keep(SqsDelivery delivery, List<SqsDelivery> late)
    {
        lock (_lock)
        {
            if (!_isStopped)
            {
                _arrived.Enqueue(delivery);
                return;
            }
        }

        late.Add(delivery);
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

            var name = "";
            try
            {
                if (taken == 0)
                {
                    _polls.ThrowFailure(out name);
                }

                var isPaused = await _context.Marks.IsPausedAsync(cancellationToken, _stop.Token).ConfigureAwait(false);
                if (taken > 0)
                {
                    _isInterrupted = false;
                    if (!isPaused && !_polls.HasLevels && taken < buffer.Length)
                    {
                        // The next receive overlaps with what is being worked on.
                        _polls.Ask(buffer.Length - taken);
                    }

                    return taken;
                }

                if (isPaused)
                {
                    if (!wait)
                    {
                        return 0;
                    }

                    await _happened.WaitAsync(_context.Marks.Period, cancellationToken).ConfigureAwait(false);
                    continue;
                }

                if (!wait || _polls.HasLevels)
                {
                    using var either = CancellationTokenSource.CreateLinkedTokenSource(cancellationToken, _stop.Token);
                    await _polls.SweepAsync(buffer.Length, either.Token).ConfigureAwait(false);
                    if (!wait)
                    {
                        _polls.ThrowFailure(out name);
                        return Take(buffer.Span, out _);
                    }

                    if (ArrivedCount > 0)
                    {
                        continue;
                    }

                    _polls.AskEach();
                }
                else
                {
                    _polls.Ask(buffer.Length);
                }

                if (ArrivedCount == 0)
                {
                    await _happened.WaitAsync(Timeout.InfiniteTimeSpan, cancellationToken).ConfigureAwait(false);
                }
            }
            catch (SqsException error)
            {
                Interrupted(error, name);
                if (!wait)
                {
                    return 0;
                }

                await pause.WaitAsync(cancellationToken).ConfigureAwait(false);
            }
            catch (OperationCanceledException) when (taken > 0)
            {
                return taken;
            }
            catch (OperationCanceledException) when (_stop.IsCancellationRequested)
            {
                // The next round says so.
                cancellationToken.ThrowIfCancellationRequested();
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
                    Lose(delivery);
                }
                else
                {
                    buffer[count++] = delivery;
                }
            }

            return count;
        }
    }

    private void Lose(SqsDelivery delivery)
    {
        _context.InHand.Remove(delivery);
        delivery.Lose();
    }

    private async Task ReleaseLateAsync(SqsDelivery[] late)
    {
        using var patience = new CancellationTokenSource(LateReleasePatience, _context.Time);
        await ReleaseAsync(late, patience.Token).ConfigureAwait(false);
    }

    private async ValueTask ReleaseAsync(SqsDelivery[] unstarted, CancellationToken cancellationToken)
    {
        if (unstarted.Length == 0)
        {
            return;
        }

        var settlements = Array.ConvertAll(unstarted, static delivery => new Settlement { Delivery = delivery, Kind = SettleKind.Release });
        var results = new SettleResult[settlements.Length];
        try
        {
            await _settler.SettleAsync(settlements, results, cancellationToken).ConfigureAwait(false);
        }
#pragma warning disable CA1031 // They come back by themselves; who stops has no use for an exception.
        catch (Exception error)
#pragma warning restore CA1031
        {
            _context.Telemetry.ErrorSwallowed("stop");
            Log.ReleaseFailed(_context.Logger, unstarted.Length, Queue, error.Message);
            return;
        }

        var left = results.Count(static result => result == SettleResult.Unknown);
        if (left > 0)
        {
            _context.Telemetry.ErrorSwallowed("stop");
            Log.ReleaseFailed(_context.Logger, left, Queue, "SQS did not answer in time.");
        }
    }

    private void Interrupted(SqsException error, string name)
    {
        _context.Telemetry.ErrorSwallowed("receive");
        if (!_isInterrupted)
        {
            _isInterrupted = true;
            Log.ReceiveInterrupted(_context.Logger, Queue, Problems.Explain(error, name.Length > 0 ? name : _context.NameOf(_context.Levels[0])).Message);
        }
    }
}
