namespace Jobs.Brokers.Nats.Protocol;

/// <summary>Counts the bytes that wait to be encoded for the network, so that a slow server does not fill the memory. Safe for concurrent use.</summary>
internal sealed class SendRoom(int limit)
{
    private readonly Lock _lock = new();
    private TaskCompletionSource? _waiting;
    private long _bytes;

    public long Bytes => Interlocked.Read(ref _bytes);

    public bool IsFull => Bytes >= limit;

    /// <summary>Takes room. Who finds some may take more than is left: what is larger than all of it must pass, too.</summary>
    public bool TryEnter(int bytes)
    {
        if (IsFull)
        {
            return false;
        }

        Enter(bytes);
        return true;
    }

    /// <summary>Takes room whether there is some or not.</summary>
    public void Enter(int bytes) => Interlocked.Add(ref _bytes, bytes);

    public void Leave(int bytes)
    {
        if (Interlocked.Add(ref _bytes, -bytes) < limit)
        {
            Release();
        }
    }

    /// <summary>Lets go on who waits.</summary>
    public void Release()
    {
        if (Volatile.Read(ref _waiting) is not null)
        {
            lock (_lock)
            {
                _waiting?.TrySetResult();
                _waiting = null;
            }
        }
    }

    public ValueTask WaitAsync(CancellationToken cancellationToken)
    {
        Task room;
        lock (_lock)
        {
            if (!IsFull)
            {
                return ValueTask.CompletedTask;
            }

            room = (_waiting ??= new TaskCompletionSource(TaskCreationOptions.RunContinuationsAsynchronously)).Task;
        }

        // It may have been left while nobody was seen to wait.
        if (!IsFull)
        {
            Release();
        }

        return new ValueTask(room.WaitAsync(cancellationToken));
    }
}
