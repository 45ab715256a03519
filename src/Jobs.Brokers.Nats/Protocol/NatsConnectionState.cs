using System.Net;
using Microsoft.Extensions.Logging;

namespace Jobs.Brokers.Nats.Protocol;

/// <summary>Whether there is a connection, for those who ask, those who wait, and those who want to be told. Logs once per change.</summary>
internal sealed class NatsConnectionState(TimeProvider time, Action<Exception> handlerFailed, ILogger logger)
{
    private readonly Lock _lock = new();
    private readonly Lock _telling = new();
    private readonly List<IConnectionListener> _listeners = [];
    private TaskCompletionSource _connected = new(TaskCreationOptions.RunContinuationsAsynchronously);
    private volatile BrokerHealth _health = new(BrokerStatus.Reconnecting, time.GetUtcNow(), "Not connected yet.");
    private volatile NatsServerInfo? _server;
    private bool _isTold;
    private long _connections;

    public BrokerHealth Health => _health;

    public NatsServerInfo? Server => _server;

    public long Reconnects => Math.Max(0, Interlocked.Read(ref _connections) - 1);

    public void Connected(DnsEndPoint server, NatsServerInfo info)
    {
        lock (_lock)
        {
            _server = info;
            _health = new BrokerHealth(BrokerStatus.Connected, time.GetUtcNow());
            Interlocked.Increment(ref _connections);
            _connected.TrySetResult();
        }

        NatsLog.Connected(logger, info.Version, $"{server.Host}:{server.Port}");
        Tell(isConnected: true, listener => listener.OnConnected(info));
    }

    /// <summary>The server that is connected has told of itself anew.</summary>
    public void Informed(NatsServerInfo info) => _server = info;

    /// <summary>The connection has ended, and so has all that was under way.</summary>
    public void Lost(Exception cause) => Tell(isConnected: false, listener => listener.OnDisconnected(cause));

    /// <summary>There is no connection any more, or still.</summary>
    public void Disconnected(ConnectFailure failure)
    {
        lock (_lock)
        {
            var status = failure.MustBeMended ? BrokerStatus.Failed : BrokerStatus.Reconnecting;
            var isSame = _health.Status == status && _health.Error == failure.Message;
            _health = new BrokerHealth(status, _health.Status == status ? _health.Since : time.GetUtcNow(), failure.Message);
            Renew();
            if (failure.MustBeMended)
            {
                _connected.TrySetException(new JobConfigurationException(failure.Message));
                _ = _connected.Task.Exception;
            }

            if (isSame)
            {
                return;
            }
        }

        if (failure.MustBeMended)
        {
            NatsLog.MustBeMended(logger, failure.Message);
        }
        else
        {
            NatsLog.Disconnected(logger, failure.Message);
        }
    }

    public ValueTask WaitAsync(CancellationToken cancellationToken)
    {
        lock (_lock)
        {
            return _health.Status == BrokerStatus.Connected ? ValueTask.CompletedTask : new(_connected.Task.WaitAsync(cancellationToken));
        }
    }

    public void Add(IConnectionListener listener)
    {
        lock (_telling)
        {
            _listeners.Add(listener);
            if (_isTold)
            {
                Tell(listener, told => told.OnConnected(_server!));
            }
        }
    }

    public void Remove(IConnectionListener listener)
    {
        lock (_telling)
        {
            _listeners.Remove(listener);
        }
    }

    /// <summary>Wakes everybody who waits for a connection that will not come.</summary>
    public void Closed()
    {
        lock (_lock)
        {
            _health = new BrokerHealth(BrokerStatus.Failed, time.GetUtcNow(), "The client is disposed.");
            Renew();
            _connected.TrySetException(new ObjectDisposedException(nameof(NatsClient)));
            _ = _connected.Task.Exception;
        }
    }

    private void Renew()
    {
        if (_connected.Task.IsCompleted)
        {
            _connected = new TaskCompletionSource(TaskCreationOptions.RunContinuationsAsynchronously);
        }
    }

    // One at a time, so that whoever comes in between hears each change once and in order.
    private void Tell(bool isConnected, Action<IConnectionListener> tell)
    {
        lock (_telling)
        {
            _isTold = isConnected;
            // A copy: a listener may take its leave.
            foreach (var listener in _listeners.ToArray())
            {
                Tell(listener, tell);
            }
        }
    }

    private void Tell(IConnectionListener listener, Action<IConnectionListener> tell)
    {
        try
        {
            tell(listener);
        }
        catch (Exception exception)
        {
            handlerFailed(exception);
        }
    }
}
