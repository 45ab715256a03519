using System.Net;
using System.Net.Sockets;
using Jobs.Brokers.Redis.Protocol;

namespace Jobs.Benchmarks.Redis;

/// <summary>The least client there can be: one blocking socket, commands written by hand, replies read in order.</summary>
internal sealed class BareRedis : IDisposable
{
    private const int LargestReply = 64 * 1024 * 1024;

    private readonly Socket _socket = new(AddressFamily.InterNetwork, SocketType.Stream, ProtocolType.Tcp) { NoDelay = true };
    private byte[] _input = new byte[1 << 20];
    private byte[] _output = new byte[1 << 20];
    private int _start;
    private int _end;
    private int _pending;

    public BareRedis(IPEndPoint server) => _socket.Connect(server);

    /// <summary>Appends a command to what is sent next.</summary>
    public BareRedis Add(RespCommand command)
    {
        var bytes = command.Encode();
        if (_output.Length - _pending < bytes.Length)
        {
            Array.Resize(ref _output, Math.Max(_output.Length * 2, _pending + bytes.Length));
        }

        bytes.CopyTo(_output.AsSpan(_pending));
        _pending += bytes.Length;
        command.Release();
        return this;
    }

    public void Flush()
    {
        for (var sent = 0; sent < _pending;)
        {
            sent += _socket.Send(_output.AsSpan(sent, _pending - sent));
        }

        _pending = 0;
    }

    /// <summary>The next reply; good until the one after it.</summary>
    public RespReader Read()
    {
        var scanner = new RespScanner(LargestReply);
        while (true)
        {
            if (scanner.TryScan(_input.AsSpan(_start, _end - _start), out var length))
            {
                var reply = new RespReader(_input.AsSpan(_start, length));
                _start += length;
                return reply;
            }

            Fill();
        }
    }

    public RespReader Call(RespCommand command)
    {
        Add(command).Flush();
        return Read();
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
