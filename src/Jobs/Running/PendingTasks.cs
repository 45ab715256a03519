namespace Jobs.Running;

/// <summary>Counts work that nobody awaits, so that shutdown can.</summary>
internal sealed class PendingTasks(IWorkerObserver? observer)
{
    private readonly Lock _lock = new();
    private int _count;
    private TaskCompletionSource? _none;

    public int Count
    {
        get
        {
            lock (_lock)
            {
                return _count;
            }
        }
    }

    public void Add()
    {
        lock (_lock)
        {
            _count++;
        }
    }

    public void Remove()
    {
        lock (_lock)
        {
            if (--_count == 0 && _none is { } none)
            {
                _none = null;
                none.TrySetResult();
            }
        }

        observer?.Changed();
    }

    /// <summary>Counts a task until it has ended. It says itself what went wrong.</summary>
    public void Track(Task task)
    {
        Add();
        _ = RemoveWhenDoneAsync(task);
    }

    public Task WhenNoneAsync()
    {
        lock (_lock)
        {
            return _count == 0
                ? Task.CompletedTask
                : (_none ??= new TaskCompletionSource(TaskCreationOptions.RunContinuationsAsynchronously)).Task;
        }
    }

    private async Task RemoveWhenDoneAsync(Task task)
    {
        await task.ConfigureAwait(ConfigureAwaitOptions.SuppressThrowing);
        Remove();
    }
}
