namespace Jobs.Transport;

/// <summary>One open connection: a thread that reads (the caller of <see cref="Run"/>) and one that writes all that waits at once.</summary>
/// <remarks>
/// <para>1. Items go out in the order in which <see cref="TrySend"/> took them. 2. Waiting bytes are bounded: beyond the limit the items
/// themselves wait, not yet encoded. 3. While the handler is not busy, the sender's own thread writes: a lone item waits for no other thread,
/// and finds an empty socket buffer, so it does not block. 4. No step needs the thread pool.</para>
/// </remarks>
internal sealed class Connection<T> : IDisposable
{
    // What surely fits into an empty socket buffer.
    private const int LargestInline = 8 * 1024;

    private readonly object _gate = new();
    private readonly Queue<T> _waiting = new();
    private readonly Wire _wire;
    private readonly IConnectionHandler<T> _handler;
    private readonly ReceiveBuffer _received;
    private readonly TransportOptions _options;
    private readonly Liveness _liveness;
    private readonly Thread _writer;
    private readonly ITimer? _timer;
    private SendBuffer _pending = new();
    private SendBuffer _sending = new();
    private Exception? _cause;
    private long _written;
    private long _handedOver;
    private bool _isWriting;
    private bool _writerWaits;

    /// <param name="wire">The socket; the connection's from now on.</param>
    /// <param name="received">What has been read from it already.</param>
    /// <param name="handler">The protocol.</param>
    /// <param name="options">Limits and times.</param>
    /// <param name="time">Drives the watch.</param>
    public Connection(Wire wire, ReceiveBuffer received, IConnectionHandler<T> handler, TransportOptions options, TimeProvider time)
    {
        _wire = wire;
        _received = received;
        _handler = handler;
        _options = options;
        _liveness = new Liveness(options, time);
        wire.ReadTimeout = TimeSpan.Zero;
        wire.WriteTimeout = options.DeadAfter;
        if (time != TimeProvider.System)
        {
            _timer = time.CreateTimer(static connection => ((Connection<T>)connection!).Tick(), this, _liveness.Period, _liveness.Period);
        }

        _writer = new Thread(Write) { IsBackground = true, Name = "jobs-send" };
    }

    /// <summary>Takes an item. Never waits.</summary>
    /// <returns>False if the connection has ended: the item was not sent, and never will be.</returns>
    public bool TrySend(T item)
    {
        lock (_gate)
        {
            if (_cause is not null)
            {
                return false;
            }

            if (_waiting.Count > 0 || !HasRoom)
            {
                _waiting.Enqueue(item);
                return true;
            }

            var isIdle = !_isWriting && _pending.Length == 0 && !_handler.IsBusy;
            Append(item);
            if (!isIdle || _pending.Length is 0 or > LargestInline)
            {
                WakeWriter();
                return true;
            }

            BeginWrite();
        }

        WriteOut();
        return true;
    }

    /// <summary>Reads until the connection ends; then the handler has been told.</summary>
    /// <returns>Why it ended.</returns>
    public Exception Run()
    {
        _writer.UnsafeStart();
        try
        {
            while (true)
            {
                var count = _wire.Read(_received.Free());
                if (count == 0)
                {
                    throw new EndOfStreamException("The server closed the connection.");
                }

                _liveness.Heard();
                _received.Received(count);
                _received.Consumed(_handler.Received(_received.Buffer, _received.Start, _received.Length));
            }
        }
        catch (Exception exception)
        {
            Close(exception);
        }

        _writer.Join();
        _wire.Dispose();
        _received.Dispose();
        _handler.Closed(_cause!, _handedOver, _waiting);
        return _cause!;
    }

    /// <summary>Ends the connection.</summary>
    public void Close(Exception cause)
    {
        lock (_gate)
        {
            _cause ??= cause;
            Monitor.PulseAll(_gate);
        }

        _timer?.Dispose();
        _wire.Abort();
    }

    public void Dispose() => Close(new ObjectDisposedException(nameof(Connection<>)));

    // One item may reach beyond the limit: what it needs is known only once it is encoded.
    private bool HasRoom => _pending.Length < _options.PendingLimit;

    private void Append(T item)
    {
        if (_handler.TryWrite(item, _pending))
        {
            _written++;
        }
    }

    private void WakeWriter()
    {
        if (_writerWaits)
        {
            Monitor.PulseAll(_gate);
        }
    }

    private void BeginWrite()
    {
        _isWriting = true;
        _handedOver = _written;
        (_pending, _sending) = (_sending, _pending);
    }

    // Without the lock, by the one thread that began to write.
    private void WriteOut()
    {
        try
        {
            _wire.Write(_sending.Bytes);
        }
        catch (Exception exception)
        {
            Close(exception);
        }

        lock (_gate)
        {
            _sending.Clear();
            _isWriting = false;
            while (_cause is null && HasRoom && _waiting.TryDequeue(out var item))
            {
                Append(item);
            }

            if (_pending.Length > 0 || _cause is not null)
            {
                WakeWriter();
            }
        }
    }

    private void Write()
    {
        while (WaitForWork() is { } hasBytes)
        {
            if (hasBytes)
            {
                WriteOut();
            }
            else
            {
                Watch();
            }
        }

        lock (_gate)
        {
            while (_isWriting)
            {
                Wait();
            }
        }

        _pending.Dispose();
        _sending.Dispose();
    }

    // True if bytes are to be written, false if it is time to look after the peer, null at the end.
    private bool? WaitForWork()
    {
        lock (_gate)
        {
            while (_cause is null)
            {
                if (_liveness.IsDue)
                {
                    return false;
                }

                if (!_isWriting && _pending.Length > 0)
                {
                    BeginWrite();
                    return true;
                }

                Wait();
            }

            return null;
        }
    }

    private void Wait()
    {
        _writerWaits = true;
        Monitor.Wait(_gate, _timer is null ? _liveness.Period : Timeout.InfiniteTimeSpan);
        _writerWaits = false;
    }

    private void Tick()
    {
        lock (_gate)
        {
            Monitor.PulseAll(_gate);
        }
    }

    private void Watch()
    {
        switch (_liveness.Check(_handler.IsOwed))
        {
            case Sign.Ask:
                _handler.KeepAlive();
                break;
            case Sign.Dead:
                Close(new TimeoutException($"The server has been silent for {_options.DeadAfter.TotalSeconds:0.###} s while it owed an answer."));
                break;
        }
    }
}
