using System.Collections.Concurrent;
using Jobs.Transport;

namespace Jobs.Brokers.Redis.Protocol;

/// <summary>The shared connection to a server: commands go out as they come, replies come in the same order.</summary>
internal sealed class RespPipeline : IConnectionHandler<PendingReply>, IDisposable
{
    private static readonly RespCommand Ping = RespCommand.Rent("PING"u8);

    private readonly ConcurrentQueue<PendingReply> _owed = new();
    private readonly List<PendingReply> _waiting = [];
    private readonly HashSet<RedisScript> _knownScripts = [];
    private readonly Connection<PendingReply> _connection;
    private readonly string _server;
    private readonly Func<PendingReply, RedisServerException, bool> _tryRedirect;
    private PendingReply? _next;
    private RespScanner _scanner;
    private long _answered;

    /// <param name="channel">The greeted connection; the pipeline's from now on.</param>
    /// <param name="server">Its name in errors.</param>
    /// <param name="tryRedirect">Takes over a command whose error tells that it belongs elsewhere.</param>
    /// <param name="options">Limits and times.</param>
    /// <param name="time">Drives the watch.</param>
    public RespPipeline(RespChannel channel, string server, Func<PendingReply, RedisServerException, bool> tryRedirect, RedisClientOptions options, TimeProvider time)
    {
        _tryRedirect = tryRedirect;
        var (wire, received) = channel.Detach();
        _server = server;
        _scanner = new RespScanner(options.ReplyLimit);
        _connection = new Connection<PendingReply>(wire, received, this, options.ToTransport(), time);
    }

    public bool IsOwed => !_owed.IsEmpty || Volatile.Read(ref _next) is not null;

    public bool TrySend(PendingReply pending) => _connection.TrySend(pending);

    /// <summary>Reads until the connection ends; why it ended.</summary>
    public Exception Run() => _connection.Run();

    public void Close(Exception cause) => _connection.Close(cause);

    public void Dispose() => _connection.Dispose();

    bool IConnectionHandler<PendingReply>.TryWrite(PendingReply item, SendBuffer buffer)
    {
        var isWritten = item.TryWrite(buffer, _knownScripts);
        if (isWritten)
        {
            _owed.Enqueue(item);
        }

        return isWritten;
    }

    int IConnectionHandler<PendingReply>.Received(SharedBuffer buffer, int start, int length)
    {
        var consumed = 0;
        while (consumed < length && _scanner.TryScan(buffer.Span.Slice(start + consumed, length - consumed), out var reply))
        {
            Answer(buffer, start + consumed, reply);
            consumed += reply;
        }

        // All at the end: whoever is woken by the first reply finds those after it done, and does not have to wait again for each.
        foreach (var pending in _waiting)
        {
            pending.Resume();
        }

        _waiting.Clear();
        return consumed;
    }

    void IConnectionHandler<PendingReply>.KeepAlive() => TrySendForNobody(Ping);

    void IConnectionHandler<PendingReply>.Closed(Exception cause, long handedOver, IReadOnlyCollection<PendingReply> waiting)
    {
        _waiting.ForEach(static pending => pending.Resume());
        _next?.Fail(Broken(cause, mayHaveRun: true));
        _answered += _next is null ? 0 : 1;
        _next = null;
        while (_owed.TryDequeue(out var pending))
        {
            pending.Fail(Broken(cause, mayHaveRun: _answered++ < handedOver));
        }

        foreach (var pending in waiting)
        {
            pending.Fail(Broken(cause, mayHaveRun: false));
        }
    }

    private RedisConnectionException Broken(Exception cause, bool mayHaveRun) =>
        new($"The connection to Redis at {_server} ended before the answer came: {cause.Message}", mayHaveRun, cause);

    private void TrySendForNobody(RespCommand command)
    {
        var pending = PendingReply.RentForNobody(command);
        if (!_connection.TrySend(pending))
        {
            pending.Return();
        }
    }

    private void Answer(SharedBuffer buffer, int start, int length)
    {
        var reader = new RespReader(buffer.Span.Slice(start, length));
        var isPlain = buffer.Span[start] is not (RespType.Push or RespType.Error or RespType.BulkError or RespType.Attribute);
        if (!isPlain && reader.IsPush)
        {
            return;
        }

        var pending = _next;
        if (pending is null && !_owed.TryDequeue(out pending))
        {
            throw new RedisProtocolException("The server sent a reply that nobody had asked for.");
        }

        // One that was preceded by ASKING is answered twice.
        _next = pending.TryTakeAsking() ? pending : null;
        if (_next is not null)
        {
            return;
        }

        _answered++;
        if (!isPlain && reader.IsError)
        {
            Refuse(pending, reader);
        }
        else if (!pending.TrySucceed(buffer, start, length))
        {
            _waiting.Add(pending);
        }
    }

    private void Refuse(PendingReply pending, RespReader reader)
    {
        var error = reader.ReadError();
        if (error.Kind == RedisErrorKind.NoScript && pending.TrySendInFull())
        {
            if (!_connection.TrySend(pending))
            {
                pending.Fail(new RedisConnectionException($"The connection to Redis at {_server} ended.", mayHaveRun: false, error));
            }

            return;
        }

        if (error.Kind == RedisErrorKind.Unavailable && _tryRedirect(pending, error))
        {
            return;
        }

        pending.Fail(error);
        if (error.Kind == RedisErrorKind.ReadOnly)
        {
            // The primary has become a replica: whoever is primary now is found by connecting anew.
            _connection.Close(error);
        }
    }
}
