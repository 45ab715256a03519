using System.Net;
using Jobs.Transport;

namespace Jobs.Brokers.Redis.Protocol;

/// <summary>A connection whose own thread writes and reads, so that a read that waits at the server costs one wake-up.</summary>
/// <remarks>
/// <para>1. A call ends by its replies, by its watchdog, or with the connection; never by a token. 2. It goes to the server of its key's shared
/// connection, and waits a moment for that one when it is away. 3. After an error that says that the server is not, or no longer, the right
/// one, the connection is made anew. 4. A call that is begun in the continuation of the one before goes out at once: the server works on it
/// while that one's answer is taken in.</para>
/// </remarks>
internal sealed class BlockingConnection(IRouter router, ReadOnlyMemory<byte> key, RedisClientOptions options, TimeProvider time) : IBlockingConnection
{
    private static readonly TimeSpan UnblockAgainAfter = TimeSpan.FromMilliseconds(5);

    private readonly object _gate = new();
    private readonly HashSet<RedisScript> _knownScripts = [];
    private readonly ReconnectDelay _delay = new(Random.Shared.NextDouble);
    private readonly TaskCompletionSource _ended = new(TaskCreationOptions.RunContinuationsAsynchronously);

    // The thread may be about to leave one call while the caller begins the next; it has surely left the one before.
    private BlockingCall _next = new();
    private BlockingCall _previous = new();
    private BlockingCall? _call;
    private RespChannel? _channel;
    private RedisNode? _node;
    private DnsEndPoint? _server;
    private Deadline? _deadline;
    private long _clientId;
    private Thread? _thread;
    private bool _isStopping;

    // No call has been answered since the last rest.
    private bool _isUnproven;

    public ValueTask ExecuteAsync(ReadOnlyMemory<RespCommand> commands, Memory<RespReply> replies, TimeSpan block)
    {
        BlockingCall call;
        lock (_gate)
        {
            ObjectDisposedException.ThrowIf(_isStopping, this);
            if (_call is not null)
            {
                throw new InvalidOperationException("A blocking connection serves one call at a time.");
            }

            (_next, _previous) = (_previous, _next);
            call = _call = _next;
            call.Begin(commands, replies, block);
            if (_thread is null)
            {
                _thread = new Thread(Work) { IsBackground = true, Name = "jobs-redis-read" };
                _thread.UnsafeStart();
            }

            Monitor.Pulse(_gate);
        }

        if (Thread.CurrentThread == _thread)
        {
            SendAhead(call);
        }

        return call.Finished;
    }

    public async ValueTask UnblockAsync(CancellationToken cancellationToken)
    {
        BlockingCall? call;
        lock (_gate)
        {
            call = _call;
        }

        // The server may not have got the read yet when it is told to end it: again, until the read has ended.
        while (call is not null && Prepare(call, out var node, out var clientId) && !await TryUnblockAsync(node, clientId, cancellationToken).ConfigureAwait(false))
        {
            await Task.Delay(UnblockAgainAfter, time, cancellationToken).ConfigureAwait(false);
        }
    }

    public async ValueTask DisposeAsync()
    {
        RedisNode? node;
        lock (_gate)
        {
            _isStopping = true;
            node = _node;
            _deadline?.End();
            _channel?.Close();
            Monitor.PulseAll(_gate);
            if (_thread is null)
            {
                return;
            }
        }

        node?.State.Wake();
        await Task.WhenAny(_ended.Task, Task.Delay(TimeSpan.FromSeconds(2), TimeProvider.System)).ConfigureAwait(false);
    }

    // False once the call has ended.
    private bool Prepare(BlockingCall call, out RedisNode? node, out long clientId)
    {
        lock (_gate)
        {
            call.IsUnwanted |= _call == call;
            node = _node;
            clientId = call.IsSent ? _clientId : 0;
            if (_call != call)
            {
                return false;
            }

            Monitor.PulseAll(_gate);
        }

        node?.State.Wake();
        return true;
    }

    private static async ValueTask<bool> TryUnblockAsync(RedisNode? node, long clientId, CancellationToken cancellationToken)
    {
        if (node is null || clientId == 0)
        {
            return false;
        }

        var command = RespCommand.Rent("CLIENT"u8).Add("UNBLOCK"u8).Add(clientId).Add("TIMEOUT"u8);
        try
        {
            using var reply = await node.ExecuteAsync(command, cancellationToken).ConfigureAwait(false);
            return reply.GetReader().ReadInteger() == 1;
        }
        catch (RedisConnectionException)
        {
            // The shared connection is away: it will be back, or the watchdog ends the read.
            return false;
        }
        finally
        {
            command.Release();
        }
    }

    private void Work()
    {
        while (TakeCall() is { } call)
        {
            var error = Run(call);
            lock (_gate)
            {
                _call = null;
            }

            call.End(error);
        }

        Drop();
        _ended.SetResult();
    }

    private BlockingCall? TakeCall()
    {
        lock (_gate)
        {
            while (_call is null && !_isStopping)
            {
                Monitor.Wait(_gate);
            }

            return _call;
        }
    }

    private Exception? Run(BlockingCall call)
    {
        try
        {
            if (call.SendError is { } sendError)
            {
                throw new IOException(sendError.Message, sendError);
            }

            if (!call.IsSent)
            {
                Send(Connect(call), call);
            }

            return Receive(_channel!, call);
        }
        catch (RedisConnectionException exception)
        {
            return exception;
        }
        catch (Exception exception)
        {
            var failure = ConnectFailure.Of(exception, _server, options);
            Drop();
            return new RedisConnectionException(failure.Message, call.IsSent, exception);
        }
    }

    private void SendAhead(BlockingCall call)
    {
        if (_channel is not { } channel || !IsRightServer())
        {
            return;
        }

        try
        {
            Send(channel, call);
        }
        catch (Exception exception)
        {
            call.SendError = exception;
        }
    }

    private bool IsRightServer()
    {
        try
        {
            return router.Find(key.Span) == _node && _server!.Equals(_node!.State.Server);
        }
        catch (RedisConnectionException)
        {
            // The thread meets it again when it connects, and says so.
            return false;
        }
    }

    private void Send(RespChannel channel, BlockingCall call)
    {
        foreach (var command in call.Commands.Span)
        {
            channel.Add(command, command.Script is not null && _knownScripts.Add(command.Script));
        }

        call.IsSent = true;
        call.SentAt = time.GetTimestamp();
        channel.Flush();
    }

    private RedisServerException? Receive(RespChannel channel, BlockingCall call)
    {
        List<int>? unknown = null;
        RedisServerException? error = null;
        for (var i = 0; i < call.Commands.Length; i++)
        {
            try
            {
                call.Replies.Span[i] = channel.Receive(call.Block + options.BlockMargin - time.GetElapsedTime(call.SentAt), time);
            }
            catch (RedisServerException exception) when (exception.Kind == RedisErrorKind.NoScript)
            {
                (unknown ??= []).Add(i);
            }
            catch (RedisServerException exception)
            {
                error ??= exception;
            }
        }

        foreach (var i in unknown ?? [])
        {
            try
            {
                channel.Add(call.Commands.Span[i], isFull: true);
                channel.Flush();
                call.Replies.Span[i] = channel.Receive(options.BlockMargin, time);
            }
            catch (RedisServerException exception)
            {
                error ??= exception;
            }
        }

        if (error is not null)
        {
            router.Learn(_node!, error);
        }

        if (error?.Kind is RedisErrorKind.ReadOnly or RedisErrorKind.Unblocked or RedisErrorKind.Loading or RedisErrorKind.Unavailable)
        {
            Drop();
        }
        else
        {
            _delay.Succeeded();
            _isUnproven = false;
        }

        return error;
    }

    private RespChannel Connect(BlockingCall call)
    {
        Rest(call);
        var node = router.Find(key.Span);
        lock (_gate)
        {
            _node = node;
        }

        var server = node.State.WaitForServer(options.ConnectTimeout, () => _isStopping || call.IsUnwanted);
        if (server is null)
        {
            _isUnproven = false;
            throw new RedisConnectionException($"There is no connection to Redis: {node.State.Health.Error}", mayHaveRun: false);
        }

        if (_channel is not null && server.Equals(_server))
        {
            return _channel;
        }

        Drop();
        using var deadline = new Deadline(options.ConnectTimeout, time);
        lock (_gate)
        {
            ObjectDisposedException.ThrowIf(_isStopping, this);
            _deadline = deadline;
        }

        _server = server;
        var channel = RedisDialer.Open(server, options, isFirst: false, deadline, time, out var info);
        lock (_gate)
        {
            _deadline = null;
            _channel = channel;
            _clientId = info.ClientId;
            if (_isStopping)
            {
                channel.Close();
            }
        }

        return channel;
    }

    // Whoever calls again at once after each failure must not make us dial hot.
    private void Rest(BlockingCall call)
    {
        var rest = _isUnproven ? _delay.Next(mustBeMended: false) : TimeSpan.Zero;
        _isUnproven = true;
        lock (_gate)
        {
            if (rest > TimeSpan.Zero && !_isStopping && !call.IsUnwanted)
            {
                Monitor.Wait(_gate, rest);
            }
        }
    }

    private void Drop()
    {
        lock (_gate)
        {
            _deadline = null;
            _channel?.Dispose();
            _channel = null;
            _clientId = 0;
        }

        _knownScripts.Clear();
    }
}
