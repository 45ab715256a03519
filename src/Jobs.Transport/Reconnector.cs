namespace Jobs.Transport;

/// <summary>Keeps a connection up, on a thread of its own, until it is disposed.</summary>
internal sealed class Reconnector : IAsyncDisposable
{
    // A connection that ends sooner counts as one more failed attempt: else a server that drops everyone would be dialed hot.
    private static readonly TimeSpan Stable = TimeSpan.FromSeconds(1);

    private readonly TaskCompletionSource _ended = new(TaskCreationOptions.RunContinuationsAsynchronously);
    private readonly ReconnectDelay _delay = new(Random.Shared.NextDouble);
    private readonly IReconnecting _target;
    private readonly TimeProvider _time;
    private readonly Pause _pause;
    private readonly Thread _thread;

    public Reconnector(IReconnecting target, string name, TimeProvider time)
    {
        _target = target;
        _time = time;
        _pause = new Pause(time);
        _thread = new Thread(Work) { IsBackground = true, Name = name };
    }

    /// <summary>Begins; to be called once the target is ready to be used.</summary>
    public void Start() => _thread.UnsafeStart();

    /// <summary>True once it is being disposed.</summary>
    public bool IsStopping => _pause.HasEnded;

    /// <summary>Stops; waits a moment for the thread, which may be looking up a name.</summary>
    public async ValueTask DisposeAsync()
    {
        _pause.End();
        _target.Abort();
        await Task.WhenAny(_ended.Task, Task.Delay(TimeSpan.FromSeconds(2), TimeProvider.System)).ConfigureAwait(false);
    }

    private void Work()
    {
        while (!_pause.HasEnded)
        {
            var started = _time.GetTimestamp();
            var end = _target.RunOnce();
            if (end == ConnectionEnd.Lost && _time.GetElapsedTime(started) >= Stable)
            {
                _delay.Succeeded();
            }

            _pause.Wait(_delay.Next(end == ConnectionEnd.MustBeMended));
        }

        _ended.SetResult();
    }
}
