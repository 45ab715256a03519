using System.Collections.Concurrent;
using System.Threading.Tasks.Sources;
using Jobs.Brokers.Nats.JetStream;
using Jobs.Brokers.Nats.Protocol;
using Jobs.Transport;

namespace Jobs.Brokers.Nats.Sending;

/// <summary>Messages to be stored together: encoded once, sent in rounds until each has been answered for good.</summary>
/// <remarks>A round ends when every request of it has been answered or has failed, which the client promises. Once ended, late answers change nothing.
/// One caller; answers come from any thread.</remarks>
internal sealed class SendOperation : IReplyHandler, IValueTaskSource, IDisposable
{
    private const int MostPooled = 256;
    private const int LargestPooled = 1_024;

    // A batch of more would only wait in line at the server.
    private const int MostBytes = 512 * 1024;

    private static readonly ConcurrentQueue<SendOperation> Pool = new();

    private readonly Lock _lock = new();
    private readonly PooledBuffer _buffer = new();
    private readonly NatsHeaderBlock _headers = new();
    private readonly List<OutgoingMessage> _messages = [];
    private SendResult[] _results = new SendResult[1];
    private SendState[] _states = new SendState[1];
    private bool[] _mayHaveArrived = new bool[1];
    private ManualResetValueTaskSourceCore<bool> _core = new() { RunContinuationsAsynchronously = true };
    private int _underWay;
    private bool _isWaiting;
    private bool _isEnded;
    private Exception? _interruption;

    private SendOperation()
    {
    }

    /// <summary>Takes one from the pool.</summary>
    /// <param name="messages">How many will be added, at most.</param>
    public static SendOperation Rent(int messages)
    {
        if (!Pool.TryDequeue(out var operation))
        {
            operation = new SendOperation();
        }

        if (operation._results.Length < messages)
        {
            operation._results = new SendResult[messages];
            operation._states = new SendState[messages];
            operation._mayHaveArrived = new bool[messages];
        }

        return operation;
    }

    /// <summary>Headers of the message that is added next.</summary>
    public NatsHeaderBlock Headers => _headers.Clear();

    /// <summary>How many messages were added.</summary>
    public int Count => _messages.Count;

    /// <summary>What interrupted the last round, or null.</summary>
    public Exception? Interruption => _interruption;

    public SendResult ResultOf(int message) => _results[message];

    /// <summary>Adds a message.</summary>
    /// <param name="subject">Where to.</param>
    /// <param name="headers">Its headers.</param>
    /// <param name="writePayload">Writes the payload.</param>
    /// <param name="state">Handed to it.</param>
    /// <returns>The payload's length.</returns>
    public int Add<TState>(byte[] subject, NatsHeaderBlock headers, Action<TState, PooledBuffer> writePayload, TState state)
    {
        var start = _buffer.WrittenCount;
        var block = headers.Bytes;
        block.CopyTo(_buffer.GetSpan(block.Length));
        _buffer.Advance(block.Length);
        writePayload(state, _buffer);
        var payload = _buffer.WrittenCount - start - block.Length;
        _messages.Add(new OutgoingMessage(subject, start, block.Length, payload));
        return payload;
    }

    /// <summary>Adds nothing: the message was refused before it was encoded.</summary>
    public void AddRefused(SendResult result)
    {
        Refuse(_messages.Count, result);
        _messages.Add(default);
    }

    /// <summary>Settles a message without sending it.</summary>
    public void Refuse(int message, SendResult result)
    {
        _results[message] = result;
        _states[message] = SendState.Done;
    }

    /// <summary>Sends a message that was refused elsewhere, with the same headers.</summary>
    public void Redirect(int message, byte[] subject)
    {
        _messages[message] = _messages[message] with { Subject = subject };
        _results[message] = default;
        _states[message] = SendState.Waiting;
    }

    /// <summary>True while a message waits to be sent, for the first time or again.</summary>
    public bool IsOpen => Array.IndexOf(_states, SendState.Waiting, 0, _messages.Count) >= 0;

    /// <summary>Sends whatever waits; completes when all of it has been answered.</summary>
    /// <param name="client">The client.</param>
    /// <param name="timeout">How long each answer is waited for.</param>
    public ValueTask SendRound(INatsClient client, TimeSpan timeout)
    {
        lock (_lock)
        {
            if (_isEnded)
            {
                return default;
            }

            _core.Reset();
            _interruption = null;
            // One more, so that the round does not end while it is being sent.
            _underWay = 1;
            _isWaiting = true;
        }

        var batch = client.RentBatch();
        for (var i = 0; i < _messages.Count; i++)
        {
            if (_states[i] != SendState.Waiting)
            {
                continue;
            }

            var message = _messages[i];
            var bytes = _buffer.Written.Slice(message.Start, message.HeadersLength + message.PayloadLength);
            lock (_lock)
            {
                if (_isEnded)
                {
                    // Given up meanwhile; its caller has been told that it was not sent.
                    break;
                }

                _states[i] = SendState.UnderWay;
                _underWay++;
            }

            try
            {
                batch.Request(message.Subject, bytes[..message.HeadersLength], bytes[message.HeadersLength..], this, i);
            }
            catch (NatsMaxPayloadException error)
            {
                lock (_lock)
                {
                    _underWay--;
                    if (!_isEnded)
                    {
                        Refuse(i, new SendResult(SendStatus.TooLarge, error));
                    }
                }

                continue;
            }

            if (batch.Length >= MostBytes)
            {
                client.TrySend(batch, timeout);
                batch = client.RentBatch();
            }
        }

        if (batch.Count > 0)
        {
            client.TrySend(batch, timeout);
        }
        else
        {
            batch.Dispose();
        }

        EndOne();
        return new ValueTask(this, _core.Version);
    }

    /// <summary>Ends it: what is unanswered, and may have arrived, is unknown; the rest was never sent.</summary>
    public void GiveUp(Exception error)
    {
        lock (_lock)
        {
            if (_isEnded)
            {
                return;
            }

            _isEnded = true;
            for (var i = 0; i < _messages.Count; i++)
            {
                if (_states[i] != SendState.Done)
                {
                    var mayHaveArrived = _mayHaveArrived[i] || _states[i] == SendState.UnderWay;
                    Refuse(i, new SendResult(mayHaveArrived ? SendStatus.Unknown : SendStatus.Failed, error));
                }
            }

            if (!_isWaiting)
            {
                return;
            }

            _isWaiting = false;
        }

        _core.SetResult(true);
    }

    void IReplyHandler.OnReply(long token, in NatsMessage reply)
    {
        var result = ResultOf(reply.Payload, out var passes);
        lock (_lock)
        {
            var message = (int)token;
            if (_isEnded)
            {
                // The caller was told.
            }
            else if (passes is not null)
            {
                _states[message] = SendState.Waiting;
                _interruption = passes;
            }
            else
            {
                // A duplicate of our own first sending, whose answer was lost.
                Refuse(message, result.Status == SendStatus.Duplicate && _mayHaveArrived[message] ? SendResult.Accepted : result);
            }
        }

        EndOne();
    }

    void IReplyHandler.OnFailure(long token, NatsException error)
    {
        lock (_lock)
        {
            var message = (int)token;
            _mayHaveArrived[message] |= error is NatsTimeoutException or NatsConnectionException { MayHaveArrived: true };
            if (_isEnded)
            {
                // The caller was told.
            }
            else if (error is NatsPermissionException)
            {
                Refuse(message, new SendResult(SendStatus.Failed, error));
            }
            else
            {
                _states[message] = SendState.Waiting;
                _interruption = error;
            }
        }

        EndOne();
    }

    void IValueTaskSource.GetResult(short token) => _core.GetResult(token);

    ValueTaskSourceStatus IValueTaskSource.GetStatus(short token) => _core.GetStatus(token);

    void IValueTaskSource.OnCompleted(Action<object?> continuation, object? state, short token, ValueTaskSourceOnCompletedFlags flags) =>
        _core.OnCompleted(continuation, state, token, flags);

    /// <summary>Gives it back, unless answers may still come.</summary>
    public void Dispose()
    {
        _buffer.Dispose();
        if (_isEnded || _results.Length > LargestPooled || Pool.Count >= MostPooled)
        {
            return;
        }

        Array.Clear(_results, 0, _messages.Count);
        Array.Clear(_states, 0, _messages.Count);
        Array.Clear(_mayHaveArrived, 0, _messages.Count);
        _messages.Clear();
        _interruption = null;
        Pool.Enqueue(this);
    }

    // What stands; or an error that passes, so that it is worth another try.
    private static SendResult ResultOf(ReadOnlySpan<byte> answer, out Exception? passes)
    {
        passes = null;
        if (!PublishAck.TryParse(answer, out var ack))
        {
            return new SendResult(SendStatus.Failed, new NatsProtocolException("The answer to a message is no acknowledgement of JetStream: something else listens to its subject, too."));
        }

        if (ack.IsStored)
        {
            return ack.IsDuplicate ? new SendResult(SendStatus.Duplicate) : SendResult.Accepted;
        }

        var error = JetStreamException.Of(answer);
        passes = ack.ErrorKind == JetStreamErrorKind.Unavailable ? error : null;
        return new SendResult(
            ack.ErrorKind switch
            {
                JetStreamErrorKind.LimitReached => SendStatus.QueueFull,
                JetStreamErrorKind.TooLarge => SendStatus.TooLarge,
                _ => SendStatus.Failed,
            },
            error);
    }

    private void EndOne()
    {
        lock (_lock)
        {
            if (--_underWay > 0 || !_isWaiting)
            {
                return;
            }

            _isWaiting = false;
        }

        _core.SetResult(true);
    }
}
