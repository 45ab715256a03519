using System.Buffers;

namespace Jobs.Transport;

/// <summary>Bytes that wait to be sent together. Not for concurrent use.</summary>
internal sealed class SendBuffer : IDisposable
{
    private const int UsualSize = 16 * 1024;
    private const int LargestKept = 256 * 1024;

    private byte[] _bytes = ArrayPool<byte>.Shared.Rent(UsualSize);

    public int Length { get; private set; }

    public ReadOnlySpan<byte> Bytes => _bytes.AsSpan(0, Length);

    /// <summary>Makes room at the end, to be filled by the caller.</summary>
    public Span<byte> Append(int length)
    {
        var end = checked(Length + length);
        if (end > _bytes.Length)
        {
            var larger = ArrayPool<byte>.Shared.Rent((int)Math.Min(Math.Max(end, 2L * _bytes.Length), Array.MaxLength));
            Bytes.CopyTo(larger);
            ArrayPool<byte>.Shared.Return(_bytes);
            _bytes = larger;
        }

        var room = _bytes.AsSpan(Length, length);
        Length = end;
        return room;
    }

    public void Clear()
    {
        Length = 0;
        if (_bytes.Length > LargestKept)
        {
            ArrayPool<byte>.Shared.Return(_bytes);
            _bytes = ArrayPool<byte>.Shared.Rent(UsualSize);
        }
    }

    public void Dispose()
    {
        Length = 0;
        ArrayPool<byte>.Shared.Return(_bytes);
        _bytes = [];
    }
}
