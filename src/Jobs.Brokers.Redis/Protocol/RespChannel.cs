using System.Net.Sockets;
using Jobs.Transport;

namespace Jobs.Brokers.Redis.Protocol;

/// <summary>Asks and answers on the calling thread: for greetings, and for reads that wait at the server.</summary>
internal sealed class RespChannel(Wire wire, int replyLimit) : IDisposable
{
    private readonly SendBuffer _sending = new();
    private readonly ReceiveBuffer _received = new();
    private RespScanner _scanner = new(replyLimit);
    private bool _isDetached;

    /// <summary>Adds a command to those that <see cref="Flush"/> sends.</summary>
    /// <param name="command">The command.</param>
    /// <param name="isFull">A script is sent in full.</param>
    public void Add(RespCommand command, bool isFull)
    {
        if (isFull)
        {
            command.EncodeFull(_sending.Append(command.FullLength));
        }
        else
        {
            command.Encode().CopyTo(_sending.Append(command.Length));
        }
    }

    public void Flush()
    {
        wire.Write(_sending.Bytes);
        _sending.Clear();
    }

    /// <summary>Waits for the next reply; an error is thrown.</summary>
    /// <exception cref="RedisServerException">The server refused the command.</exception>
    /// <exception cref="TimeoutException">No whole reply came in time.</exception>
    public RespReply Receive(TimeSpan timeout, TimeProvider time)
    {
        var started = time.GetTimestamp();
        while (true)
        {
            if (_received.Length > 0 && _scanner.TryScan(_received.Unread, out var length))
            {
                var reply = new RespReply(_received.Buffer, _received.Start, length);
                _received.Consumed(length);
                var reader = reply.GetReader();
                if (reader.IsError)
                {
                    using (reply)
                    {
                        throw reader.ReadError();
                    }
                }

                if (!reader.IsPush)
                {
                    return reply;
                }

                reply.Dispose();
                continue;
            }

            var rest = timeout - time.GetElapsedTime(started);
            wire.ReadTimeout = rest > TimeSpan.FromMilliseconds(1) ? rest : TimeSpan.FromMilliseconds(1);
            Fill();
        }
    }

    /// <summary>Hands over the connection to another reader, with what has been read already.</summary>
    public (Wire Wire, ReceiveBuffer Received) Detach()
    {
        _isDetached = true;
        return (wire, _received);
    }

    /// <summary>Closes it under whoever waits; called by another thread.</summary>
    public void Close() => wire.Abort();

    public void Dispose()
    {
        _sending.Dispose();
        if (!_isDetached)
        {
            _received.Dispose();
            wire.Dispose();
        }
    }

    private void Fill()
    {
        try
        {
            var count = wire.Read(_received.Free());
            if (count == 0)
            {
                throw new EndOfStreamException("The server closed the connection.");
            }

            _received.Received(count);
        }
        catch (Exception exception) when ((exception as SocketException ?? exception.InnerException as SocketException)?.SocketErrorCode is SocketError.TimedOut or SocketError.WouldBlock)
        {
            throw new TimeoutException("The server did not answer in time.", exception);
        }
    }
}
