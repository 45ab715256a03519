using System.Collections.Concurrent;
using Jobs.Transport;

namespace Jobs.Brokers.Redis.Protocol;

/// <summary>A command on its way, and the wait for its reply. Pooled: both the caller and the connection hold it.</summary>
/// <remarks>Whoever finishes it first (a reply, the end of the connection, the caller's patience) decides; the rest is dropped.</remarks>
internal sealed class PendingReply : Completion<RespReply>
{
    private const int MostPooled = 4096;

    // Of redirections: two nodes that name each other must not play ball with a command for ever.
    private const int MostHops = 8;

    private static readonly ConcurrentQueue<PendingReply> Pool = new();

    private RespCommand? _command;
    private CancellationTokenRegistration _registration;
    private bool _isFull;
    private bool _isAsking;
    private bool _owesAsking;
    private int _hops;
    private int _holders;
    private int _isFinished;

    private PendingReply()
    {
    }

    public static PendingReply Rent(RespCommand command)
    {
        if (!Pool.TryDequeue(out var pending))
        {
            pending = new PendingReply();
        }

        pending._command = command;
        pending._holders = 2;
        if (command.ContinuesInline)
        {
            pending.BeInline();
        }

        return pending;
    }

    /// <summary>One whose reply nobody waits for; the command must stay as it is.</summary>
    public static PendingReply RentForNobody(RespCommand command)
    {
        var pending = Rent(command);
        pending._holders = 1;
        pending._isFinished = 1;
        return pending;
    }

    /// <summary>The connection took it: from now on a token ends the wait.</summary>
    public void CancelWith(CancellationToken cancellationToken)
    {
        if (cancellationToken.CanBeCanceled)
        {
            _registration = cancellationToken.UnsafeRegister(static (pending, token) => ((PendingReply)pending!).Abandon(new OperationCanceledException(token)), this);
        }
    }

    /// <summary>Before it is sent: its reply is taken by <see cref="WaitFor"/>.</summary>
    public void TakeSynchronously() => BeSynchronous();

    public RespReply WaitFor(TimeSpan timeout)
    {
        if (!Wait(timeout))
        {
            Abandon(new TimeoutException($"Redis did not answer within {timeout.TotalSeconds:0.###} s. The command may have run."));

            // The reply may have won, and be on its way.
            Wait(Timeout.InfiniteTimeSpan);
        }

        return Result.GetAwaiter().GetResult();
    }

    /// <summary>Encodes the command; false, and forgotten, if nobody wants it any more.</summary>
    public bool TryWrite(SendBuffer buffer, HashSet<RedisScript> knownScripts)
    {
        lock (this)
        {
            if (_command is null)
            {
                Release();
                return false;
            }

            if (_isAsking)
            {
                "*1\r\n$6\r\nASKING\r\n"u8.CopyTo(buffer.Append(16));
                _owesAsking = true;
            }

            // What ran on this connection once is known to the server: only the first call sends the source, and nothing is reordered.
            if (_command.Script is not null && (knownScripts.Add(_command.Script) || _isFull))
            {
                _command.EncodeFull(buffer.Append(_command.FullLength));
            }
            else
            {
                _command.Encode().CopyTo(buffer.Append(_command.Length));
            }

            return true;
        }
    }

    /// <summary>The server has forgotten the script; true if the command shall be sent in full now.</summary>
    public bool TrySendInFull()
    {
        lock (this)
        {
            var isFirst = !_isFull && _command?.Script is not null;
            _isFull = true;
            return isFirst;
        }
    }

    /// <summary>It belongs to another node; false if it has been sent on often enough.</summary>
    /// <param name="isAsk">That node must be told that we know: ASKING.</param>
    public bool TryRedirect(bool isAsk)
    {
        lock (this)
        {
            _isAsking = isAsk;
            return _hops++ < MostHops;
        }
    }

    /// <summary>True if the reply that has come is the one to ASKING.</summary>
    public bool TryTakeAsking()
    {
        var owes = _owesAsking;
        _owesAsking = false;
        return owes;
    }

    /// <returns>False if <see cref="Resume"/> must be called: somebody waits for the reply.</returns>
    public bool TrySucceed(SharedBuffer buffer, int start, int length)
    {
        if (TryFinish() && !TryComplete(new RespReply(buffer, start, length), null))
        {
            return false;
        }

        Release();
        return true;
    }

    public void Resume()
    {
        Wake();
        Release();
    }

    public void Fail(Exception error)
    {
        if (TryFinish())
        {
            Complete(default, error);
        }

        Release();
    }

    /// <summary>The connection did not take it: nobody else holds it.</summary>
    public void Return()
    {
        _holders = 1;
        Release();
    }

    protected override void Taken()
    {
        _registration.Dispose();
        Release();
    }

    private void Abandon(Exception reason)
    {
        // The command is the caller's again once the wait has ended.
        lock (this)
        {
            _command = null;
        }

        if (TryFinish())
        {
            Complete(default, reason);
        }
    }

    private bool TryFinish() => Interlocked.Exchange(ref _isFinished, 1) == 0;

    private void Release()
    {
        if (Interlocked.Decrement(ref _holders) > 0)
        {
            return;
        }

        _command = null;
        _registration = default;
        _isFull = _isAsking = _owesAsking = false;
        _hops = 0;
        _isFinished = 0;
        Reset();
        if (Pool.Count < MostPooled)
        {
            Pool.Enqueue(this);
        }
    }
}
