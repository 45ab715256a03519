using Jobs.Transport;

namespace Jobs.Brokers.Redis.Protocol;

/// <summary>One whole reply in a pooled buffer; never an error reply. Dispose it once read, and only once.</summary>
internal readonly struct RespReply : IDisposable
{
    private readonly SharedBuffer? _buffer;
    private readonly int _start;
    private readonly int _length;

    /// <summary>A reply that lies in a buffer, of which it becomes a holder.</summary>
    public RespReply(SharedBuffer buffer, int start, int length)
    {
        buffer.AddHolder();
        _buffer = buffer;
        _start = start;
        _length = length;
    }

    /// <summary>Makes a reply of its bytes.</summary>
    public static RespReply Copy(ReadOnlySpan<byte> reply)
    {
        var buffer = new SharedBuffer(reply.Length);
        reply.CopyTo(buffer.Span);
        var made = new RespReply(buffer, 0, reply.Length);
        buffer.Release();
        return made;
    }

    /// <summary>False for a place that no reply was put in.</summary>
    public bool HasValue => _buffer is not null;

    /// <summary>Reads the reply from its start.</summary>
    public RespReader GetReader() => new(_buffer is null ? [] : _buffer.Span.Slice(_start, _length));

    public void Dispose() => _buffer?.Release();
}
