using System.Buffers;

namespace Jobs.Transport;

/// <summary>Received bytes that several holders read, each a part; the array goes back to the pool when the last one lets go.</summary>
internal sealed class SharedBuffer(int capacity)
{
    private readonly byte[] _array = ArrayPool<byte>.Shared.Rent(capacity);
    private int _holders = 1;

    public int Capacity => _array.Length;

    /// <summary>True if nobody but the caller holds it, so that it may be written from the start again.</summary>
    public bool IsSole => Volatile.Read(ref _holders) == 1;

    public Span<byte> Span => _array;

    public void AddHolder() => Interlocked.Increment(ref _holders);

    public void Release()
    {
        if (Interlocked.Decrement(ref _holders) == 0)
        {
            ArrayPool<byte>.Shared.Return(_array);
        }
    }
}
