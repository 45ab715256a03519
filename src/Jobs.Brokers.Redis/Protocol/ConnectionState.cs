using System.Net;
using Microsoft.Extensions.Logging;

namespace Jobs.Brokers.Redis.Protocol;

/// <summary>Whether there is a connection, for those who ask and those who wait. Logs once per change.</summary>
internal sealed class ConnectionState(TimeProvider time, ILogger logger)
{
    private readonly object _gate = new();
    private TaskCompletionSource _connected = new(TaskCreationOptions.RunContinuationsAsynchronously);
    private volatile BrokerHealth _health = new(BrokerStatus.Reconnecting, time.GetUtcNow(), "Not connected yet.");
    private long _connections;

    public BrokerHealth Health => _health;

    public long Reconnects => Math.Max(0, Interlocked.Read(ref _connections) - 1);

    /// <summary>The server that is connected; null if none is.</summary>
    public DnsEndPoint? Server { get; private set; }

    public void Connected(DnsEndPoint server)
    {
        lock (_gate)
        {
            Server = server;
            _health = new BrokerHealth(BrokerStatus.Connected, time.GetUtcNow());
            Interlocked.Increment(ref _connections);
            _connected.TrySetResult();
            Monitor.PulseAll(_gate);
        }

        RedisLog.Connected(logger, $"{server.Host}:{server.Port}");
    }

    public void Disconnected(ConnectFailure failure)
    {
        lock (_gate)
        {
            Server = null;
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
            RedisLog.MustBeMended(logger, failure.Message);
        }
        else
        {
            RedisLog.Disconnected(logger, failure.Message);
        }
    }

    public ValueTask WaitAsync(CancellationToken cancellationToken)
    {
        lock (_gate)
        {
            return _health.Status == BrokerStatus.Connected ? ValueTask.CompletedTask : new(_connected.Task.WaitAsync(cancellationToken));
        }
    }

    /// <summary>Waits on the calling thread until a server is connected.</summary>
    /// <returns>The server, or null if none was in time, or the caller has given up.</returns>
    public DnsEndPoint? WaitForServer(TimeSpan timeout, Func<bool> hasGivenUp)
    {
        lock (_gate)
        {
            var started = time.GetTimestamp();
            while (Server is null && !hasGivenUp() && timeout - time.GetElapsedTime(started) is { Ticks: > 0 } rest)
            {
                Monitor.Wait(_gate, rest);
            }

            return Server;
        }
    }

    /// <summary>Lets those in <see cref="WaitForServer"/> look whether they have given up.</summary>
    public void Wake()
    {
        lock (_gate)
        {
            Monitor.PulseAll(_gate);
        }
    }

    /// <summary>Wakes everybody who waits for a connection that will not come.</summary>
    public void Closed()
    {
        lock (_gate)
        {
            Server = null;
            _health = new BrokerHealth(BrokerStatus.Failed, time.GetUtcNow(), "The client is disposed.");
            Renew();
            _connected.TrySetException(new ObjectDisposedException(nameof(RedisClient)));
            _ = _connected.Task.Exception;
            Monitor.PulseAll(_gate);
        }
    }

    private void Renew()
    {
        if (_connected.Task.IsCompleted)
        {
            _connected = new TaskCompletionSource(TaskCreationOptions.RunContinuationsAsynchronously);
        }
    }
}
