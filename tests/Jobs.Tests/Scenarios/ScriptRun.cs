namespace Jobs.Tests.Scenarios;

/// <summary>One run of what a test put into a handler or a broker, which knows whether it waits for something.</summary>
/// <remarks>An await inside comes back through <see cref="Post"/>, so it counts as busy before whoever completed what it awaited goes on.</remarks>
internal sealed class ScriptRun(Changes changes) : SynchronizationContext
{
    // Busy until it has started: whoever sees it before takes it for one that waits otherwise.
    private int _busy = 1;
    private volatile bool _isEnded;

    /// <summary>True while the script has neither ended nor anything to do.</summary>
    public bool IsWaiting => !_isEnded && Volatile.Read(ref _busy) == 0;

    /// <summary>Runs the script, on this thread up to its first wait and without a context of its own, as a handler runs.</summary>
    public Task RunAsync(Func<Task> script)
    {
        var before = Current;
        SetSynchronizationContext(this);
        try
        {
            var task = script();
            _isEnded = task.IsCompleted;
            return _isEnded ? task : EndAsync(task);
        }
        catch
        {
            _isEnded = true;
            throw;
        }
        finally
        {
            Leave(before);
        }
    }

    public override void Post(SendOrPostCallback d, object? state)
    {
        Interlocked.Increment(ref _busy);
        ThreadPool.UnsafeQueueUserWorkItem(
            static work =>
            {
                SetSynchronizationContext(work.Run);
                try
                {
                    work.Callback(work.State);
                }
                finally
                {
                    work.Run.Leave(null);
                }
            },
            (Run: this, Callback: d, State: state),
            preferLocal: false);
    }

    public override SynchronizationContext CreateCopy() => this;

    private void Leave(SynchronizationContext? next)
    {
        SetSynchronizationContext(next);
        Interlocked.Decrement(ref _busy);
        changes.Raise();
    }

    // Started, and so continued, in this context: between the script's end and this there is no moment of rest.
    private async Task EndAsync(Task task)
    {
        try
        {
            await task;
        }
        finally
        {
            _isEnded = true;
        }
    }
}
