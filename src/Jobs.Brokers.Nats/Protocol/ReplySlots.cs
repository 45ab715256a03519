using System.Buffers.Text;
using System.Security.Cryptography;
using System.Text;
using Jobs.Running;

namespace Jobs.Brokers.Nats.Protocol;

/// <summary>The requests under way, and the subjects that their replies come to: <c>{inbox}.{id}</c>, all by one subscription. Safe for concurrent use.</summary>
/// <remarks>A request is reserved, activated when it is sent, and taken by whatever ends it first: its reply, its time, a refusal, the end of the connection.</remarks>
internal sealed class ReplySlots : IDisposable
{
    /// <summary>The longest subject of a reply.</summary>
    public const int LongestSubject = LongestInbox + 1 + 16;

    /// <summary>The longest inbox.</summary>
    public const int LongestInbox = 128;

    private const int IndexBits = 20;

    private readonly Lock _lock = new();
    private readonly Stack<int> _free = new();
    private readonly byte[] _inbox;
    private readonly TimeProvider _time;
    private readonly Action<Exception> _handlerFailed;
    private readonly ITimer _timer;
    private ReplySlot[] _slots = [];
    private TaskCompletionSource? _idle;
    private long _sweepAt = long.MaxValue;
    private int _active;

    /// <param name="inbox">What the subjects of replies begin with.</param>
    /// <param name="time">Drives the timeouts.</param>
    /// <param name="handlerFailed">Hears of exceptions that handlers throw.</param>
    public ReplySlots(string inbox, TimeProvider time, Action<Exception> handlerFailed)
    {
        _handlerFailed = handlerFailed;
        _inbox = Encoding.ASCII.GetBytes(inbox);
        _time = time;
        using (CleanContext.Enter())
        {
            _timer = time.CreateTimer(static slots => ((ReplySlots)slots!).Sweep(), this, Timeout.InfiniteTimeSpan, Timeout.InfiniteTimeSpan);
        }
    }

    /// <summary>How many requests wait for their replies.</summary>
    public int Active => Volatile.Read(ref _active);

    /// <summary>Makes a place for a request.</summary>
    public ulong Reserve(ReadOnlySpan<byte> subject, IReplyHandler handler, long token)
    {
        lock (_lock)
        {
            if (!_free.TryPop(out var index))
            {
                index = Grow();
            }

            return _slots[index].Reserve(subject, handler, token) << IndexBits | (uint)index;
        }
    }

    /// <summary>Writes the subject that its reply comes to; its length.</summary>
    public int WriteSubject(Span<byte> destination, ulong id)
    {
        _inbox.CopyTo(destination);
        destination[_inbox.Length] = (byte)'.';
        Utf8Formatter.TryFormat(id, destination[(_inbox.Length + 1)..], out var digits, 'x');
        return _inbox.Length + 1 + digits;
    }

    /// <summary>Finds the request that a reply belongs to.</summary>
    public bool TryRead(ReadOnlySpan<byte> subject, out ulong id)
    {
        id = 0;
        return subject.Length > _inbox.Length + 1
            && subject.StartsWith(_inbox)
            && Utf8Parser.TryParse(subject[(_inbox.Length + 1)..], out id, out var used, 'x')
            && used == subject.Length - _inbox.Length - 1;
    }

    /// <summary>They are being sent: from now on they wait for their replies.</summary>
    public void Activate(List<ulong> ids, TimeSpan timeout)
    {
        lock (_lock)
        {
            var deadline = _time.GetTimestamp() + (long)(timeout.TotalSeconds * _time.TimestampFrequency);
            foreach (var id in ids)
            {
                if (Find(id) is { } slot)
                {
                    slot.Activate(timeout, deadline);
                    _active++;
                }
            }

            SweepAt(deadline);
        }
    }

    /// <summary>Ends a request: whoever gets true tells its handler.</summary>
    public bool TryTake(ulong id, bool withSubject, out TakenRequest request)
    {
        lock (_lock)
        {
            if (Find(id) is { IsActive: true } slot)
            {
                request = Take(slot, id, withSubject);
                return true;
            }
        }

        request = default;
        return false;
    }

    /// <summary>It is not sent, and nobody is told.</summary>
    public void Forget(ulong id)
    {
        lock (_lock)
        {
            if (Find(id) is { IsActive: false } slot)
            {
                slot.Release();
                _free.Push(IndexOf(id));
            }
        }
    }

    /// <summary>Ends all requests that were sent, or those to a subject; their handlers are told.</summary>
    public void FailAll(Func<TakenRequest, NatsException> error, string? subject = null)
    {
        var wanted = subject is null ? [] : Encoding.UTF8.GetBytes(subject);
        foreach (var request in TakeAll(slot => subject is null || slot.Subject.SequenceEqual(wanted)))
        {
            Tell(request, error(request));
        }
    }

    /// <summary>Ends requests that could not be sent; their handlers are told.</summary>
    public void Fail(List<ulong> ids, NatsException error)
    {
        foreach (var id in ids)
        {
            TakenRequest request;
            lock (_lock)
            {
                if (Find(id) is not { } slot)
                {
                    continue;
                }

                request = Take(slot, id, withSubject: false);
            }

            Tell(request, error);
        }
    }

    /// <summary>Completes when no request waits for its reply.</summary>
    public Task WhenIdle()
    {
        lock (_lock)
        {
            return _active == 0 ? Task.CompletedTask : (_idle ??= new TaskCompletionSource(TaskCreationOptions.RunContinuationsAsynchronously)).Task;
        }
    }

    public void Dispose() => _timer.Dispose();

    /// <summary>Tells a handler that no reply comes.</summary>
    public void Tell(in TakenRequest request, NatsException error)
    {
        try
        {
            request.Handler.OnFailure(request.Token, error);
        }
        catch (Exception exception)
        {
            _handlerFailed(exception);
        }
    }

    private static int IndexOf(ulong id) => (int)(id & ((1 << IndexBits) - 1));

    // Those that share a deadline end together, and at the time they were promised.
    private void Sweep()
    {
        var now = _time.GetTimestamp();
        var expired = TakeAll(slot => slot.Deadline <= now);
        foreach (var request in expired)
        {
            Tell(request, new NatsTimeoutException(request.Subject, request.Timeout));
        }

        lock (_lock)
        {
            _sweepAt = long.MaxValue;
            var next = long.MaxValue;
            foreach (var slot in _slots)
            {
                next = slot.IsActive ? Math.Min(next, slot.Deadline) : next;
            }

            SweepAt(next);
        }
    }

    private List<TakenRequest> TakeAll(Predicate<ReplySlot> isWanted)
    {
        var taken = new List<TakenRequest>();
        lock (_lock)
        {
            for (var index = 0; index < _slots.Length; index++)
            {
                var slot = _slots[index];
                if (slot.IsActive && isWanted(slot))
                {
                    taken.Add(Take(slot, (ulong)index, withSubject: true));
                }
            }
        }

        return taken;
    }

    private void SweepAt(long deadline)
    {
        if (deadline < _sweepAt)
        {
            _sweepAt = deadline;
            var wait = _time.GetElapsedTime(_time.GetTimestamp(), deadline);
            // Timers count whole milliseconds, and one that is early would have to be set again.
            _timer.Change(wait > TimeSpan.Zero ? wait + TimeSpan.FromMilliseconds(1) : TimeSpan.Zero, Timeout.InfiniteTimeSpan);
        }
    }

    private ReplySlot? Find(ulong id)
    {
        var index = IndexOf(id);
        return index < _slots.Length && _slots[index] is { IsTaken: false } slot && slot.Generation == id >> IndexBits ? slot : null;
    }

    private TakenRequest Take(ReplySlot slot, ulong id, bool withSubject)
    {
        if (slot.IsActive && --_active == 0)
        {
            _idle?.TrySetResult();
            _idle = null;
        }

        var request = slot.Take(withSubject);
        _free.Push(IndexOf(id));
        return request;
    }

    private int Grow()
    {
        var length = _slots.Length;
        var larger = Math.Max(16, 2 * length);
        if (larger > 1 << IndexBits)
        {
            throw new InvalidOperationException($"More than {length} requests to NATS are under way.");
        }

        Array.Resize(ref _slots, larger);
        for (var index = larger - 1; index >= length; index--)
        {
            // Begins anywhere, so that a reply to somebody who had this inbox before is not taken for one to us.
            _slots[index] = new ReplySlot((uint)RandomNumberGenerator.GetInt32(int.MaxValue));
            _free.Push(index);
        }

        return _free.Pop();
    }
}
