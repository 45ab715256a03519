using System.Collections.Concurrent;
using System.Text;
using Jobs.Transport;

namespace Jobs.Brokers.Nats.Protocol;

/// <summary>One greeted connection to a server.</summary>
internal sealed class NatsLink : IConnectionHandler<NatsBatch>, IDisposable
{
    // What a socket takes without blocking although the server may not read: more is left to the thread that writes.
    private const int MostUnheard = 32 * 1024;

    private readonly ConcurrentQueue<TaskCompletionSource?> _pongs = new();
    private readonly Connection<NatsBatch> _connection;
    private readonly MessageRouter _router;
    private readonly ReplySlots _slots;
    private readonly SendRoom _room;
    private readonly ILinkOwner _owner;
    private FrameParser _parser;
    private int _unheard;
    private volatile bool _isStopped;

    public NatsLink(NatsChannel channel, ILinkOwner owner, MessageRouter router, ReplySlots slots, SendRoom room, NatsClientOptions options, TimeProvider time)
    {
        var (wire, received) = channel.Detach();
        _owner = owner;
        _router = router;
        _slots = slots;
        _room = room;
        _parser = new FrameParser(options.MessageLimit);
        _connection = new Connection<NatsBatch>(wire, received, this, options.ToTransport(), time);
    }

    // An answer to anything else may take as long as it likes, and come from somebody else than the server.
    public bool IsOwed => !_pongs.IsEmpty;

    public bool IsBusy => _slots.Active > 1 || Volatile.Read(ref _unheard) > MostUnheard;

    /// <summary>Queues a batch, for which there is room.</summary>
    /// <returns>False if the connection has ended or been stopped: it was not sent, and stays the caller's.</returns>
    public bool TrySend(NatsBatch batch) => !_isStopped && _connection.TrySend(batch);

    /// <summary>Completes when the server has taken all that was sent before, and all that it sent before has been delivered.</summary>
    /// <exception cref="NatsConnectionException">The connection has ended.</exception>
    public Task BarrierAsync(CancellationToken cancellationToken)
    {
        var barrier = new TaskCompletionSource(TaskCreationOptions.RunContinuationsAsynchronously);
        return TrySendCommand(NatsBatch.Rent(null, 0).Ping(barrier))
            ? barrier.Task.WaitAsync(cancellationToken)
            : Task.FromException(new NatsConnectionException("The connection to NATS has ended.", mayHaveArrived: false));
    }

    /// <summary>Ends in order: no new messages come, requests under way are answered, and what waits goes out; then nothing more is taken.</summary>
    /// <exception cref="NatsConnectionException">The connection has ended.</exception>
    public async Task DrainAsync(IEnumerable<NatsSubscription> subscriptions, CancellationToken cancellationToken)
    {
        var batch = NatsBatch.Rent(null, 0);
        foreach (var subscription in subscriptions)
        {
            batch.Unsubscribe(subscription.Id);
        }

        TrySendCommand(batch);
        await BarrierAsync(cancellationToken).ConfigureAwait(false);
        await _slots.WhenIdle().WaitAsync(cancellationToken).ConfigureAwait(false);
        _isStopped = true;
        await BarrierAsync(cancellationToken).ConfigureAwait(false);
    }

    /// <summary>Sends what the connection itself needs, whatever the room.</summary>
    public bool TrySendCommand(NatsBatch batch)
    {
        _room.Enter(batch.Length);
        if (_connection.TrySend(batch))
        {
            return true;
        }

        _room.Leave(batch.Length);
        batch.Return();
        return false;
    }

    /// <summary>Reads until the connection ends; why it ended.</summary>
    public Exception Run() => _connection.Run();

    public void Close(Exception cause) => _connection.Close(cause);

    public void Dispose() => _connection.Dispose();

    bool IConnectionHandler<NatsBatch>.TryWrite(NatsBatch item, SendBuffer buffer)
    {
        item.Bytes.CopyTo(buffer.Append(item.Length));
        if (item.HasPing)
        {
            _pongs.Enqueue(item.Barrier);
        }

        _unheard += item.Length;
        _room.Leave(item.Length);
        item.Return();
        return true;
    }

    int IConnectionHandler<NatsBatch>.Received(SharedBuffer buffer, int start, int length)
    {
        Volatile.Write(ref _unheard, 0);
        var consumed = 0;
        try
        {
            while (_parser.TryParse(buffer.Span.Slice(start + consumed, length - consumed), out var frame))
            {
                Take(buffer, start + consumed, frame);
                consumed += frame.Length;
            }
        }
        finally
        {
            _router.EndRead();
        }

        return consumed;
    }

    void IConnectionHandler<NatsBatch>.KeepAlive() => TrySendCommand(NatsBatch.Rent(null, 0).Ping(barrier: null));

    void IConnectionHandler<NatsBatch>.Closed(Exception cause, long handedOver, IReadOnlyCollection<NatsBatch> waiting)
    {
        _owner.Closed(cause, waiting);
        foreach (var batch in waiting)
        {
            _room.Leave(batch.Length);
            batch.Barrier?.TrySetException(Ended(cause));
            batch.Return();
        }

        while (_pongs.TryDequeue(out var barrier))
        {
            barrier?.TrySetException(Ended(cause));
        }
    }

    private static NatsConnectionException Ended(Exception cause) => new($"The connection to NATS ended: {cause.Message}", mayHaveArrived: true, cause);

    private void Take(SharedBuffer buffer, int start, in Frame frame)
    {
        switch (frame.Kind)
        {
            case FrameKind.Message:
                _router.Deliver(buffer, start, frame);
                break;
            case FrameKind.Ping:
                TrySendCommand(NatsBatch.Rent(null, 0).Pong());
                break;
            case FrameKind.Pong:
                if (_pongs.TryDequeue(out var barrier))
                {
                    barrier?.TrySetResult();
                }

                break;
            case FrameKind.Info:
                _owner.Informed(InfoReader.Read(Content(buffer, start, frame)));
                break;
            case FrameKind.Error:
                Refuse(Encoding.UTF8.GetString(Content(buffer, start, frame)));
                break;
            case FrameKind.Ok:
            default:
                break;
        }
    }

    private static ReadOnlySpan<byte> Content(SharedBuffer buffer, int start, in Frame frame) => buffer.Span.Slice(start, frame.Length)[frame.Content];

    private void Refuse(string error)
    {
        if (!ServerError.IsHarmless(error))
        {
            throw ServerError.Of(error);
        }

        _router.Refuse(error);
    }
}
