using Jobs.Brokers.Nats.Protocol;

namespace Jobs.Brokers.Nats.Receiving;

/// <summary>Knows whether a queue is paused: is told when that changes, and asks with each connection, for it may have missed something.</summary>
internal sealed class PauseWatch : IMessageHandler, IDisposable
{
    private readonly Func<CancellationToken, ValueTask<bool>> _ask;
    private readonly Action _changed;
    private readonly INatsSubscription _subscription;
    private readonly Lock _lock = new();
    private int _changes;
    private volatile bool _isPaused;

    /// <param name="client">The client.</param>
    /// <param name="subject">Where changes are written.</param>
    /// <param name="ask">Asks the server.</param>
    /// <param name="changed">Called after a change, by the thread that reads.</param>
    public PauseWatch(INatsClient client, string subject, Func<CancellationToken, ValueTask<bool>> ask, Action changed)
    {
        (_ask, _changed) = (ask, changed);
        _subscription = client.Subscribe(subject, this);
    }

    public bool IsPaused => _isPaused;

    /// <summary>Asks the server.</summary>
    public async ValueTask AskAsync(CancellationToken cancellationToken)
    {
        var changes = Volatile.Read(ref _changes);
        var isPaused = await _ask(cancellationToken).ConfigureAwait(false);
        lock (_lock)
        {
            // What was told meanwhile is newer than the answer.
            _isPaused = changes == _changes ? isPaused : _isPaused;
        }
    }

    public void Dispose() => _subscription.Dispose();

    void IMessageHandler.OnMessage(in NatsMessage message)
    {
        lock (_lock)
        {
            _changes++;
            // A deletion is a message, too.
            _isPaused = !message.Headers.TryGet("KV-Operation"u8, out _);
        }

        _changed();
    }

    void IMessageHandler.OnRefused(NatsPermissionException error)
    {
        // Then it is asked for with each connection only.
    }
}
