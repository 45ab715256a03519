using System.Net;
using System.Net.Sockets;
using System.Text;
using Jobs.Brokers.Nats.Protocol;

namespace Jobs.Benchmarks.Nats;

/// <summary>The least client there can be: one blocking socket, one inbox, messages read in order.</summary>
internal sealed class BareNats : IDisposable
{
    private const int LargestMessage = 64 * 1024 * 1024;

    private readonly Socket _socket = new(AddressFamily.InterNetwork, SocketType.Stream, ProtocolType.Tcp) { NoDelay = true };
    private readonly byte[] _inbox = Encoding.ASCII.GetBytes($"_INBOX.bare{Random.Shared.Next()}");
    private byte[] _input = new byte[1 << 20];
    private byte[] _output = new byte[1 << 20];
    private FrameParser _parser = new(LargestMessage);
    private int _start;
    private int _end;
    private int _pending;

    public BareNats(IPEndPoint server)
    {
        _socket.Connect(server);
        Add("CONNECT {\"verbose\":false,\"pedantic\":false,\"protocol\":1,\"headers\":true,\"no_responders\":true}\r\nSUB "u8).Add(_inbox).Add(" 1\r\nPING\r\n"u8).Flush();
        while (Read(out _, out _).Kind != FrameKind.Pong)
        {
        }
    }

    /// <summary>True if a whole message is there, or a part of one: reading may not block.</summary>
    public bool HasInput => _start < _end;

    /// <summary>Appends what is sent next.</summary>
    public BareNats Add(ReadOnlySpan<byte> bytes)
    {
        if (_output.Length - _pending < bytes.Length)
        {
            Array.Resize(ref _output, Math.Max(_output.Length * 2, _pending + bytes.Length));
        }

        bytes.CopyTo(_output.AsSpan(_pending));
        _pending += bytes.Length;
        return this;
    }

    public BareNats Add(long number)
    {
        Span<byte> text = stackalloc byte[20];
        number.TryFormat(text, out var length, provider: System.Globalization.CultureInfo.InvariantCulture);
        return Add(text[..length]);
    }

    /// <summary>PUB, with a reply to the inbox or none.</summary>
    public BareNats Publish(ReadOnlySpan<byte> subject, bool isAnswered, ReadOnlySpan<byte> payload)
    {
        Add("PUB "u8).Add(subject).Add(" "u8);
        if (isAnswered)
        {
            Add(_inbox).Add(" "u8);
        }

        return Add(payload.Length).Add("\r\n"u8).Add(payload).Add("\r\n"u8);
    }

    /// <summary>HPUB with a reply to the inbox.</summary>
    public BareNats Publish(ReadOnlySpan<byte> subject, ReadOnlySpan<byte> headers, ReadOnlySpan<byte> payload) =>
        Add("HPUB "u8).Add(subject).Add(" "u8).Add(_inbox).Add(" "u8).Add(headers.Length).Add(" "u8).Add(headers.Length + payload.Length).Add("\r\n"u8).Add(headers).Add(payload).Add("\r\n"u8);

    public void Flush()
    {
        for (var sent = 0; sent < _pending;)
        {
            sent += _socket.Send(_output.AsSpan(sent, _pending - sent));
        }

        _pending = 0;
    }

    /// <summary>The next message to the inbox, whatever its subject; good until the one after it. Pings are answered.</summary>
    /// <param name="replyTo">Where it is acknowledged; empty for an answer.</param>
    /// <param name="headers">Its headers.</param>
    public Frame Read(out ReadOnlySpan<byte> replyTo, out ReadOnlySpan<byte> headers)
    {
        while (true)
        {
            if (!_parser.TryParse(_input.AsSpan(_start, _end - _start), out var frame))
            {
                Fill();
                continue;
            }

            var bytes = _input.AsSpan(_start, frame.Length);
            _start += frame.Length;
            if (frame.Kind == FrameKind.Ping)
            {
                Add("PONG\r\n"u8).Flush();
            }
            else if (frame.Kind is FrameKind.Message or FrameKind.Pong)
            {
                replyTo = bytes[frame.ReplyTo];
                headers = bytes[frame.Headers];
                return frame;
            }
        }
    }

    public void Dispose() => _socket.Dispose();

    private void Fill()
    {
        if (_start > 0)
        {
            _input.AsSpan(_start, _end - _start).CopyTo(_input);
            (_start, _end) = (0, _end - _start);
        }

        if (_end == _input.Length)
        {
            Array.Resize(ref _input, _input.Length * 2);
        }

        var received = _socket.Receive(_input.AsSpan(_end));
        _end += received > 0 ? received : throw new IOException("The server closed the connection.");
    }
}
