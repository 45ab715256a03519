using System.Threading.Tasks.Sources;

namespace Jobs.Transport;

/// <summary>A result to wait for, again and again with the same object. Whoever completes it does not run what waits, unless told to.</summary>
internal abstract class Completion<T> : IValueTaskSource<T>, IValueTaskSource, IThreadPoolWorkItem
{
    private const int Pending = 0;
    private const int Awaited = 1;
    private const int Done = 2;

    private ManualResetValueTaskSourceCore<T> _core;
    private T _result = default!;
    private Exception? _error;
    private ManualResetEventSlim? _signal;
    private bool _isSynchronous;
    private bool _isInline;
    private int _stage;

    public ValueTask<T> Result => new(this, _core.Version);

    public ValueTask Finished => new(this, _core.Version);

    public ValueTaskSourceStatus GetStatus(short token) => _core.GetStatus(token);

    public void OnCompleted(Action<object?> continuation, object? state, short token, ValueTaskSourceOnCompletedFlags flags)
    {
        if (Interlocked.CompareExchange(ref _stage, Awaited, Pending) == Done)
        {
            // It is being published this moment; registering before that would run the continuation there.
            var spin = default(SpinWait);
            while (_core.GetStatus(token) == ValueTaskSourceStatus.Pending)
            {
                spin.SpinOnce();
            }
        }

        _core.OnCompleted(continuation, state, token, flags);
    }

    public T GetResult(short token)
    {
        try
        {
            return _core.GetResult(token);
        }
        finally
        {
            Taken();
        }
    }

    void IValueTaskSource.GetResult(short token) => GetResult(token);

    void IThreadPoolWorkItem.Execute() => Publish();

    /// <summary>Before it is sent: the result will be waited for with <see cref="Wait"/>, not awaited.</summary>
    protected void BeSynchronous()
    {
        (_signal ??= new ManualResetEventSlim()).Reset();
        _isSynchronous = true;
    }

    /// <summary>Before it is sent: whoever completes it runs what waits, which saves a hop through the pool.</summary>
    /// <remarks>Only for code of ours, which neither blocks nor runs a user's.</remarks>
    protected void BeInline() => _isInline = true;

    /// <summary>Waits without any help of the thread pool.</summary>
    protected bool Wait(TimeSpan timeout) => _signal!.Wait(timeout);

    /// <summary>Gives the result. Only once.</summary>
    protected void Complete(T result, Exception? error)
    {
        if (!TryComplete(result, error))
        {
            Wake();
        }
    }

    /// <summary>Gives the result. Only once.</summary>
    /// <returns>False if somebody waits who must be woken by <see cref="Wake"/>: later, together with others.</returns>
    protected bool TryComplete(T result, Exception? error)
    {
        _result = result;
        _error = error;
        if (!_isSynchronous && Interlocked.Exchange(ref _stage, Done) == Awaited)
        {
            return false;
        }

        Publish();
        if (_isSynchronous)
        {
            _signal!.Set();
        }

        return true;
    }

    /// <summary>Lets go on who waits, on the thread pool unless told otherwise.</summary>
    protected void Wake()
    {
        if (_isInline)
        {
            Publish();
        }
        else
        {
            ThreadPool.UnsafeQueueUserWorkItem(this, preferLocal: false);
        }
    }

    /// <summary>Makes it ready for another use; nobody may hold it.</summary>
    protected void Reset()
    {
        _core.Reset();
        _result = default!;
        _error = null;
        _isSynchronous = _isInline = false;
        _stage = Pending;
    }

    /// <summary>The result has been taken.</summary>
    protected abstract void Taken();

    private void Publish()
    {
        if (_error is null)
        {
            _core.SetResult(_result);
        }
        else
        {
            _core.SetException(_error);
        }
    }
}
