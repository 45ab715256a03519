using System.Net;
using Jobs.Transport;

namespace Jobs.Brokers.Redis.Protocol;

/// <summary>A connection that only listens. Its thread connects while there are channels, and again when the connection was lost.</summary>
/// <remarks>
/// <para>1. Speaks RESP2, in which messages are ordinary replies. 2. After each loss every listener is told that it may have missed
/// something, so a message may be late or come twice, but what it stands for is never missed. 3. The thread reads; whoever subscribes
/// writes, under the lock.</para>
/// </remarks>
internal sealed class Subscriber : ISubscriber
{
    private readonly object _gate = new();
    private readonly Dictionary<string, List<Action>> _channels = new(StringComparer.Ordinal);
    private readonly ReconnectDelay _delay = new(Random.Shared.NextDouble);
    private readonly TaskCompletionSource _ended = new(TaskCreationOptions.RunContinuationsAsynchronously);
    private readonly IRouter _router;
    private readonly ReadOnlyMemory<byte> _key;
    private readonly RedisClientOptions _options;
    private readonly TimeProvider _time;
    private readonly Action<string> _lost;
    private RespChannel? _connection;
    private RedisNode? _node;
    private DnsEndPoint? _server;
    private Deadline? _deadline;
    private ITimer? _ping;
    private Thread? _thread;
    private bool _isStopping;

    /// <param name="router">Finds the server.</param>
    /// <param name="key">A key of those who publish: of a cluster, its node is listened to.</param>
    /// <param name="options">How to connect.</param>
    /// <param name="time">The clock.</param>
    /// <param name="lost">Told why a connection ended.</param>
    public Subscriber(IRouter router, ReadOnlyMemory<byte> key, RedisClientOptions options, TimeProvider time, Action<string> lost)
    {
        _router = router;
        _key = key;
        _options = options with { ProtocolVersion = 2 };
        _time = time;
        _lost = lost;
    }

    public void Subscribe(string channel, Action notify)
    {
        lock (_gate)
        {
            ObjectDisposedException.ThrowIf(_isStopping, this);
            if (_channels.TryGetValue(channel, out var listeners))
            {
                listeners.Add(notify);
                return;
            }

            _channels.Add(channel, [notify]);
            Send("SUBSCRIBE"u8, channel);
            if (_thread is null)
            {
                _thread = new Thread(Work) { IsBackground = true, Name = "jobs-redis-listen" };
                _thread.UnsafeStart();
            }

            Monitor.PulseAll(_gate);
        }
    }

    public void Unsubscribe(string channel, Action notify)
    {
        lock (_gate)
        {
            if (_channels.TryGetValue(channel, out var listeners) && listeners.Remove(notify) && listeners.Count == 0)
            {
                _channels.Remove(channel);
                Send("UNSUBSCRIBE"u8, channel);
            }
        }
    }

    public async ValueTask DisposeAsync()
    {
        RedisNode? node;
        lock (_gate)
        {
            if (_isStopping)
            {
                return;
            }

            _isStopping = true;
            node = _node;
            _deadline?.End();
            _connection?.Close();
            Monitor.PulseAll(_gate);
            if (_thread is null)
            {
                return;
            }
        }

        node?.State.Wake();
        await Task.WhenAny(_ended.Task, Task.Delay(TimeSpan.FromSeconds(2), TimeProvider.System)).ConfigureAwait(false);
    }

    private void Work()
    {
        while (WaitForChannels())
        {
            var hasConnected = false;
            try
            {
                var connection = Connect();
                hasConnected = connection is not null;
                if (connection is not null)
                {
                    Listen(connection);
                }
            }
            catch (Exception error)
            {
                if (!_isStopping && hasConnected | error is RedisServerException)
                {
                    _lost(error.Message);
                }
            }

            Drop();
            NotifyAll();
        }

        _ended.SetResult();
    }

    // False once it is disposed.
    private bool WaitForChannels()
    {
        lock (_gate)
        {
            var rest = _delay.Next(mustBeMended: false);
            if (rest > TimeSpan.Zero && !_isStopping)
            {
                Monitor.Wait(_gate, rest);
            }

            while (_channels.Count == 0 && !_isStopping)
            {
                Monitor.Wait(_gate);
            }

            return !_isStopping;
        }
    }

    // Null if no server is there yet.
    private RespChannel? Connect()
    {
        var node = _router.Find(_key.Span);
        lock (_gate)
        {
            _node = node;
        }

        var server = node.State.WaitForServer(_options.ConnectTimeout, () => _isStopping);
        if (server is null || _router.Find(_key.Span) != node)
        {
            // Of which node the key is, is known once the first node of a cluster has answered.
            return null;
        }

        using var deadline = new Deadline(_options.ConnectTimeout, _time);
        lock (_gate)
        {
            ObjectDisposedException.ThrowIf(_isStopping, this);
            _deadline = deadline;
        }

        var connection = RedisDialer.Open(server, _options, isFirst: false, deadline, _time, out _);
        lock (_gate)
        {
            _deadline = null;
            _connection = connection;
            _server = server;
            if (_isStopping)
            {
                connection.Close();
                return connection;
            }

            Send("SUBSCRIBE"u8, [.. _channels.Keys]);
            _ping = _time.CreateTimer(static subscriber => ((Subscriber)subscriber!).Ping(), this, _options.KeepAlive, _options.KeepAlive);
        }

        return connection;
    }

    private void Listen(RespChannel connection)
    {
        while (!_isStopping)
        {
            using var reply = connection.Receive(_options.DeadAfter, _time);
            var reader = reply.GetReader();
            if (reader.ReadArray() < 2)
            {
                continue;
            }

            var kind = reader.ReadBytes();
            if (kind.SequenceEqual("message"u8) || kind.SequenceEqual("subscribe"u8))
            {
                _delay.Succeeded();
                Notify(reader.ReadString());
            }
        }
    }

    private void Notify(string channel)
    {
        Action[] listeners;
        lock (_gate)
        {
            listeners = _channels.TryGetValue(channel, out var found) ? [.. found] : [];
        }

        foreach (var notify in listeners)
        {
            notify();
        }
    }

    private void NotifyAll()
    {
        Action[] listeners;
        lock (_gate)
        {
            listeners = [.. _channels.Values.SelectMany(static channel => channel)];
        }

        foreach (var notify in listeners)
        {
            notify();
        }
    }

    private void Ping()
    {
        lock (_gate)
        {
            if (_connection is null)
            {
                return;
            }

            if (_channels.Count == 0 || IsElsewhere())
            {
                _connection.Close();
            }
            else
            {
                Send("PING"u8);
            }
        }
    }

    // Another server is the primary by now, or the key has moved to another node of the cluster.
    private bool IsElsewhere()
    {
        try
        {
            return _router.Find(_key.Span) != _node || (_node?.State.Server is { } primary && !primary.Equals(_server));
        }
        catch (RedisConnectionException)
        {
            // No node has it now: it may come back here.
            return false;
        }
    }

    // Under the lock. A write that fails ends the connection, which the reader notices.
    private void Send(ReadOnlySpan<byte> name, params ReadOnlySpan<string> arguments)
    {
        if (_connection is not { } connection)
        {
            return;
        }

        var command = RespCommand.Rent(name);
        try
        {
            foreach (var argument in arguments)
            {
                command.Add(argument);
            }

            connection.Add(command, isFull: false);
            connection.Flush();
        }
        catch (Exception)
        {
            connection.Close();
        }
        finally
        {
            command.Release();
        }
    }

    private void Drop()
    {
        lock (_gate)
        {
            _ping?.Dispose();
            _ping = null;
            _deadline = null;
            _connection?.Dispose();
            _connection = null;
        }
    }
}
