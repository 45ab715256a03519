namespace Jobs.Testing.Watching;

/// <summary>Tells those who wait that something has changed. Safe for concurrent use, under locks too.</summary>
internal sealed class ChangeSignal
{
    private readonly Lock _lock = new();
    private long _version;
    private TaskCompletionSource? _next;

    /// <summary>Differs whenever something has changed in between.</summary>
    public long Version => Volatile.Read(ref _version);

    public void Raise()
    {
        TaskCompletionSource? next;
        lock (_lock)
        {
            Volatile.Write(ref _version, _version + 1);
            next = _next;
            _next = null;
        }

        next?.TrySetResult();
    }

    /// <summary>Ends at the first change after the version was read.</summary>
    public Task WhenChangedSince(long version)
    {
        lock (_lock)
        {
            return _version != version
                ? Task.CompletedTask
                : (_next ??= new TaskCompletionSource(TaskCreationOptions.RunContinuationsAsynchronously)).Task;
        }
    }
}
