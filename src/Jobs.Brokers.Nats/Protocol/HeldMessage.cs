using Jobs.Transport;

namespace Jobs.Brokers.Nats.Protocol;

/// <summary>A message in a pooled buffer. Dispose it once read, and only once.</summary>
internal readonly struct HeldMessage : IDisposable
{
    private readonly SharedBuffer? _buffer;
    private readonly int _start;
    private readonly Frame _frame;

    /// <summary>A message that lies in a buffer, of which it becomes a holder.</summary>
    public HeldMessage(SharedBuffer buffer, int start, in Frame frame)
    {
        buffer.AddHolder();
        _buffer = buffer;
        _start = start;
        _frame = frame;
    }

    public ReadOnlySpan<byte> Subject => Bytes[_frame.Subject];

    public NatsHeaders Headers => new(HeaderBlock);

    /// <summary>The headers as one block.</summary>
    public ReadOnlySpan<byte> HeaderBlock => Bytes[_frame.Headers];

    public ReadOnlySpan<byte> Payload => Bytes[_frame.Content];

    /// <summary>The code of the status line, as 404; 0 without one.</summary>
    public int Status => Headers.Status;

    public void Dispose() => _buffer?.Release();

    private ReadOnlySpan<byte> Bytes => _buffer is null ? [] : _buffer.Span.Slice(_start, _frame.Length);
}
