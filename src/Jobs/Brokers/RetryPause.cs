namespace Jobs.Brokers;

/// <summary>The wait before the next try: twice as long each time, up to a limit, with jitter. Not for concurrent use. For adapters.</summary>
internal sealed class RetryPause(TimeSpan first, TimeSpan longest, TimeProvider time)
{
    private TimeSpan? _last;

    /// <summary>True until the first wait, and again after a reset.</summary>
    public bool IsFirst => _last is null;

    /// <summary>A try has succeeded.</summary>
    public void Reset() => _last = null;

    public Task WaitAsync(CancellationToken cancellationToken)
    {
        var pause = _last is { } last ? last * 2 > longest ? longest : last * 2 : first;
        _last = pause;
        return Task.Delay(pause * (0.5 + Random.Shared.NextDouble()), time, cancellationToken);
    }
}
