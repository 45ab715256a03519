using System.Net;
using Jobs.Transport;

namespace Jobs.Brokers.Redis.Protocol;

/// <summary>The shared connection to one server, made again whenever it is lost.</summary>
internal sealed class RedisNode : IReconnecting, IAsyncDisposable
{
    private readonly IServerSource _servers;
    private readonly RedisClientOptions _options;
    private readonly ConnectionState _state;
    private readonly IRouter _router;
    private readonly Queue<PendingReply> _early = new();
    private readonly TimeProvider _time;
    private readonly Lock _lock = new();
    private readonly Reconnector _reconnector;
    private volatile RespPipeline? _pipeline;
    private Deadline? _deadline;
    private bool _isAborted;
    private bool _hasTried;
    private bool _wasConnected;

    public RedisNode(IServerSource servers, RedisClientOptions options, ConnectionState state, IRouter router, TimeProvider time)
    {
        _router = router;
        _servers = servers;
        _options = options;
        _state = state;
        _time = time;
        _reconnector = new Reconnector(this, "jobs-redis", time);
    }

    public ConnectionState State => _state;

    /// <summary>Begins to connect.</summary>
    public void Start() => _reconnector.Start();

    public ValueTask<RespReply> ExecuteAsync(RespCommand command, CancellationToken cancellationToken)
    {
        if (cancellationToken.IsCancellationRequested)
        {
            return ValueTask.FromCanceled<RespReply>(cancellationToken);
        }

        var pending = PendingReply.Rent(command);
        if (_pipeline is not { } pipeline || !pipeline.TrySend(pending))
        {
            pending.Return();
            return ValueTask.FromException<RespReply>(NotConnected());
        }

        var result = pending.Result;
        pending.CancelWith(cancellationToken);
        return result;
    }

    public RespReply Execute(RespCommand command, TimeSpan timeout)
    {
        var pending = PendingReply.Rent(command);
        pending.TakeSynchronously();
        if (_pipeline is { } pipeline && pipeline.TrySend(pending))
        {
            return pending.WaitFor(timeout);
        }

        pending.Return();
        throw NotConnected();
    }

    /// <summary>Sends what another node has sent here; a node that is connecting for the first time is waited for.</summary>
    public void SendOnceConnected(PendingReply pending)
    {
        lock (_lock)
        {
            if (_pipeline is null && !_hasTried && !_isAborted)
            {
                _early.Enqueue(pending);
                return;
            }
        }

        if (_pipeline is not { } pipeline || !pipeline.TrySend(pending))
        {
            pending.Fail(NotConnected());
        }
    }

    ConnectionEnd IReconnecting.RunOnce()
    {
        DnsEndPoint? server = null;
        RespPipeline? pipeline = null;
        Exception cause;
        try
        {
            pipeline = Connect(out server);
            cause = pipeline.Run();
        }
        catch (Exception exception)
        {
            cause = exception;
        }

        _pipeline = null;
        pipeline?.Dispose();
        _servers.MoveOn();
        var failure = ConnectFailure.Of(cause, server, _options);
        if (pipeline is not null)
        {
            failure = new ConnectFailure($"The connection to Redis at {server!.Host}:{server.Port} was lost: {cause.Message}", false);
        }

        if (!_reconnector.IsStopping)
        {
            _state.Disconnected(failure);
            _router.Changed(this);
        }

        EndWaiting();

        return failure.MustBeMended ? ConnectionEnd.MustBeMended : pipeline is null ? ConnectionEnd.Unreachable : ConnectionEnd.Lost;
    }

    void IReconnecting.Abort()
    {
        lock (_lock)
        {
            _isAborted = true;
            _deadline?.End();
        }

        _pipeline?.Close(new ObjectDisposedException(nameof(RedisClient)));
        EndWaiting();
    }

    public ValueTask DisposeAsync() => _reconnector.DisposeAsync();

    private RespPipeline Connect(out DnsEndPoint? server)
    {
        server = null;
        server = _servers.Next(BeginDeadline);
        using var deadline = BeginDeadline();
        using var channel = RedisDialer.Open(server, _options, !_wasConnected, deadline, _time, out var info);
        Check(info, server);
        _router.Greeted(this, server, info, channel);
        var pipeline = new RespPipeline(channel, $"{server.Host}:{server.Port}", (pending, error) => _router.TryRedirect(this, pending, error), _options, _time);
        lock (_lock)
        {
            _deadline = null;
            _wasConnected = true;
            _pipeline = pipeline;
            if (_isAborted)
            {
                pipeline.Close(new ObjectDisposedException(nameof(RedisClient)));
            }
        }

        _state.Connected(server);
        EndWaiting();
        _router.Changed(this);
        return pipeline;
    }

    // The first attempt has come to an end: what waited for it goes out, or fails.
    private void EndWaiting()
    {
        while (true)
        {
            PendingReply? pending;
            lock (_lock)
            {
                _hasTried = true;
                if (!_early.TryDequeue(out pending))
                {
                    return;
                }
            }

            SendOnceConnected(pending);
        }
    }

    private Deadline BeginDeadline()
    {
        lock (_lock)
        {
            ObjectDisposedException.ThrowIf(_isAborted, this);
            return _deadline = new Deadline(_options.ConnectTimeout, _time);
        }
    }

    private static void Check(RedisServerInfo info, DnsEndPoint server)
    {
        if (info.IsSentinel)
        {
            throw new RedisConfigurationException($"{server.Host}:{server.Port} is a Sentinel: name the service that it watches by 'serviceName' in the connection string.");
        }

        // A replica of a cluster knows the way to the primaries.
        if (info.IsReplica && info.Mode != "cluster")
        {
            throw new RedisServerException(RedisErrorKind.ReadOnly, "READONLY It is a replica.");
        }
    }

    private RedisConnectionException NotConnected() =>
        new($"There is no connection to Redis: {_state.Health.Error ?? "it has just ended."}", mayHaveRun: false);
}
