using System.Net;
using Jobs.Transport;

namespace Jobs.Brokers.Nats.Protocol;

/// <summary>Talks with a server on the calling thread: for the greeting.</summary>
internal sealed class NatsChannel(Wire wire, int messageLimit) : IDisposable
{
    private readonly ReceiveBuffer _received = new();
    private Wire _wire = wire;
    private FrameParser _parser = new(messageLimit);
    private bool _isDetached;

    public void Send(ReadOnlySpan<byte> bytes) => _wire.Write(bytes);

    /// <summary>Waits for the next thing that the server says.</summary>
    /// <param name="content">What INFO and -ERR carry; valid until the next call.</param>
    public FrameKind Receive(out ReadOnlySpan<byte> content)
    {
        Frame frame;
        while (!_parser.TryParse(_received.Unread, out frame))
        {
            var count = _wire.Read(_received.Free());
            if (count == 0)
            {
                throw new EndOfStreamException("The server closed the connection.");
            }

            _received.Received(count);
        }

        content = _received.Unread[..frame.Length][frame.Content];
        _received.Consumed(frame.Length);
        return frame.Kind;
    }

    /// <summary>Goes on with TLS.</summary>
    public void Encrypt(DnsEndPoint server, TransportOptions options, Deadline deadline)
    {
        // What came before encryption began could have been put there by anybody.
        if (_received.Length > 0)
        {
            throw new NatsProtocolException("The server went on without TLS after it had asked for it.");
        }

        _wire = Dialer.Upgrade(_wire, server, options, deadline);
    }

    /// <summary>Hands over the connection to another reader, with what has been read already.</summary>
    public (Wire Wire, ReceiveBuffer Received) Detach()
    {
        _isDetached = true;
        return (_wire, _received);
    }

    public void Dispose()
    {
        if (!_isDetached)
        {
            _received.Dispose();
            _wire.Dispose();
        }
    }
}
