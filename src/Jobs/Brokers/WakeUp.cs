using Jobs.Running;

namespace Jobs.Brokers;

/// <summary>Lets one waiter go on when something happens, or when it has waited for long enough. A wait that ended early is gone on with by the next. For adapters.</summary>
/// <param name="time">The clock.</param>
internal sealed class WakeUp(TimeProvider time)
{
    private readonly AsyncSignal _signal = new();
    private Task? _waiting;

    /// <summary>Something has happened. Safe for concurrent use.</summary>
    public void Set() => _signal.Set();

    /// <summary>One waiter at a time.</summary>
    /// <param name="atMost">How long; <see cref="Timeout.InfiniteTimeSpan"/> for any time.</param>
    /// <param name="cancellationToken">Ends the wait.</param>
    public async ValueTask WaitAsync(TimeSpan atMost, CancellationToken cancellationToken)
    {
        _waiting ??= _signal.WaitAsync().AsTask();
        try
        {
            await _waiting.WaitAsync(atMost, time, cancellationToken).ConfigureAwait(false);
            _waiting = null;
        }
        catch (TimeoutException)
        {
            // The caller looks for itself.
        }
    }
}
