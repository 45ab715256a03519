using Jobs.Transport;

namespace Jobs.Brokers.Nats.Protocol;

/// <summary>A message that lies in the receive buffer, for as long as a handler is called.</summary>
internal readonly ref struct NatsMessage
{
    private readonly SharedBuffer _buffer;
    private readonly int _start;
    private readonly Frame _frame;
    private readonly ReadOnlySpan<byte> _bytes;

    public NatsMessage(SharedBuffer buffer, int start, in Frame frame)
    {
        _buffer = buffer;
        _start = start;
        _frame = frame;
        _bytes = buffer.Span.Slice(start, frame.Length);
    }

    public ReadOnlySpan<byte> Subject => _bytes[_frame.Subject];

    /// <summary>Where to reply; for a JetStream delivery the subject of its acknowledgement. Empty if nobody waits.</summary>
    public ReadOnlySpan<byte> ReplyTo => _bytes[_frame.ReplyTo];

    /// <summary>Empty if there are none.</summary>
    public NatsHeaders Headers => new(HeaderBlock);

    /// <summary>The headers as one block.</summary>
    public ReadOnlySpan<byte> HeaderBlock => _bytes[_frame.Headers];

    public ReadOnlySpan<byte> Payload => _bytes[_frame.Content];

    /// <summary>The code of the status line, as 404; 0 without one.</summary>
    public int Status => Headers.Status;

    /// <summary>Keeps it beyond the call. It keeps the whole buffer (64 KiB and more): not for long.</summary>
    public HeldMessage Hold() => new(_buffer, _start, _frame);
}
