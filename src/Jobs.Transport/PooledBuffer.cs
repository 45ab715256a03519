using System.Buffers;

namespace Jobs.Transport;

/// <summary>Bytes that grow in arrays of the pool. Not for concurrent use.</summary>
internal sealed class PooledBuffer : IBufferWriter<byte>, IDisposable
{
    private const int Smallest = 512;

    private byte[] _bytes = [];

    public int WrittenCount { get; private set; }

    public ReadOnlySpan<byte> Written => _bytes.AsSpan(0, WrittenCount);

    public ReadOnlyMemory<byte> WrittenMemory => _bytes.AsMemory(0, WrittenCount);

    /// <summary>Begins anew, with the room there is.</summary>
    public void Clear() => WrittenCount = 0;

    public void Advance(int count) => WrittenCount += count;

    public Memory<byte> GetMemory(int sizeHint = 0)
    {
        Ensure(sizeHint);
        return _bytes.AsMemory(WrittenCount);
    }

    public Span<byte> GetSpan(int sizeHint = 0)
    {
        Ensure(sizeHint);
        return _bytes.AsSpan(WrittenCount);
    }

    public void Dispose()
    {
        if (_bytes.Length > 0)
        {
            ArrayPool<byte>.Shared.Return(_bytes);
            _bytes = [];
            WrittenCount = 0;
        }
    }

    private void Ensure(int sizeHint)
    {
        var needed = checked(WrittenCount + Math.Max(1, sizeHint));
        if (needed <= _bytes.Length)
        {
            return;
        }

        var larger = ArrayPool<byte>.Shared.Rent((int)Math.Min(Math.Max(Math.Max(needed, 2L * _bytes.Length), Smallest), Array.MaxLength));
        Written.CopyTo(larger);
        if (_bytes.Length > 0)
        {
            ArrayPool<byte>.Shared.Return(_bytes);
        }

        _bytes = larger;
    }
}
