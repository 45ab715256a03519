namespace Jobs.Transport;

/// <summary>Where a connection receives into: readers keep parts of it, so it goes on in another array instead of moving them.</summary>
internal sealed class ReceiveBuffer : IDisposable
{
    private const int UsualSize = 64 * 1024;
    private const int LargestKept = 4 * UsualSize;
    private const int LeastFree = 4 * 1024;

    private SharedBuffer? _last;
    private int _end;

    public SharedBuffer Buffer { get; private set; } = new(UsualSize);

    /// <summary>Where the unread bytes begin.</summary>
    public int Start { get; private set; }

    public int Length => _end - Start;

    public ReadOnlySpan<byte> Unread => Buffer.Span[Start.._end];

    /// <summary>Room for what comes next.</summary>
    public Span<byte> Free()
    {
        if (Length == 0 && Buffer.IsSole && Buffer.Capacity <= LargestKept)
        {
            Start = _end = 0;
        }

        if (Buffer.Capacity - _end < LeastFree || (Length == 0 && Buffer.Capacity > LargestKept))
        {
            Renew();
        }

        return Buffer.Span[_end..];
    }

    public void Received(int count) => _end += count;

    public void Consumed(int count) => Start += count;

    public void Dispose()
    {
        Buffer.Release();
        _last?.Release();
    }

    // In the buffer before this one, if nobody reads it any more: two take turns as long as all parts are let go within a buffer's length.
    private void Renew()
    {
        var unread = Unread;
        var size = (int)Math.Min(Math.Max(UsualSize, 2L * unread.Length), Array.MaxLength);
        if (_last is not { IsSole: true } next || next.Capacity < size)
        {
            _last?.Release();
            next = new SharedBuffer(size);
        }

        unread.CopyTo(next.Span);
        _last = Buffer;
        if (_last.Capacity > LargestKept)
        {
            _last.Release();
            _last = null;
        }

        Buffer = next;
        (Start, _end) = (0, unread.Length);
    }
}
