using System.Collections.Concurrent;
using Jobs.Transport;

namespace Jobs.Brokers.Nats.Protocol;

/// <summary>The wait for one reply. Pooled: both the caller and the table of requests hold it.</summary>
internal sealed class PendingRequest : Completion<HeldMessage>, IReplyHandler, IReadEnd
{
    private const int MostPooled = 4096;

    private static readonly ConcurrentQueue<PendingRequest> Pool = new();

    private CancellationTokenRegistration _registration;
    private CancellationToken _cancellationToken;
    private MessageRouter? _router;
    private ReplySlots? _slots;
    private ulong _id;
    private int _holders;

    private PendingRequest()
    {
    }

    public static PendingRequest Rent(MessageRouter router, ReplySlots slots)
    {
        if (!Pool.TryDequeue(out var pending))
        {
            pending = new PendingRequest();
        }

        pending._router = router;
        pending._slots = slots;
        pending._holders = 2;
        return pending;
    }

    /// <summary>It has been sent: from now on a token ends the wait.</summary>
    public void CancelWith(ulong id, CancellationToken cancellationToken)
    {
        if (cancellationToken.CanBeCanceled)
        {
            _id = id;
            _cancellationToken = cancellationToken;
            _registration = cancellationToken.UnsafeRegister(static pending => ((PendingRequest)pending!).Cancel(), this);
        }
    }

    /// <summary>It was never given to the table: nobody else holds it.</summary>
    public void Return()
    {
        _holders = 1;
        Release();
    }

    void IReplyHandler.OnReply(long token, in NatsMessage reply)
    {
        if (TryComplete(reply.Hold(), null))
        {
            Release();
        }
        else
        {
            // With the others: whoever is woken by the first reply finds those after it done.
            _router!.NotifyAtReadEnd(this);
        }
    }

    void IReadEnd.OnReadEnd()
    {
        Wake();
        Release();
    }

    void IReplyHandler.OnFailure(long token, NatsException error)
    {
        Complete(default, error);
        Release();
    }

    protected override void Taken()
    {
        _registration.Dispose();
        Release();
    }

    private void Cancel()
    {
        if (_slots!.TryTake(_id, withSubject: false, out _))
        {
            Complete(default, new OperationCanceledException(_cancellationToken));
            Release();
        }
    }

    private void Release()
    {
        if (Interlocked.Decrement(ref _holders) > 0)
        {
            return;
        }

        _registration = default;
        _cancellationToken = default;
        _router = null;
        _slots = null;
        Reset();
        if (Pool.Count < MostPooled)
        {
            Pool.Enqueue(this);
        }
    }
}
