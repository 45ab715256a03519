using System.Buffers.Binary;

namespace Jobs.Brokers.Nats.Protocol.Signing;

/// <summary>A number of 256 bits, lowest word first; modulo the order of the base point where reduced.</summary>
internal readonly record struct EdwardsScalar(ulong A0, ulong A1, ulong A2, ulong A3)
{
    private const int Words = 4;

    // 2^252 + 27742317777372353535851937790883648493
    private static readonly EdwardsScalar Order = new(0x5812631a5cf5d3ed, 0x14def9dea2f79cd6, 0, 0x1000000000000000);

    /// <summary>Reads 32 bytes as they are.</summary>
    public static EdwardsScalar Read(ReadOnlySpan<byte> bytes) => new(Word(bytes, 0), Word(bytes, 1), Word(bytes, 2), Word(bytes, 3));

    /// <summary>Reads 64 bytes, modulo the order.</summary>
    public static EdwardsScalar Reduce(ReadOnlySpan<byte> bytes)
    {
        Span<ulong> words = stackalloc ulong[2 * Words];
        for (var i = 0; i < words.Length; i++)
        {
            words[i] = Word(bytes, i);
        }

        return Reduce(words);
    }

    /// <summary>a · b + c, modulo the order.</summary>
    public static EdwardsScalar MultiplyAdd(in EdwardsScalar a, in EdwardsScalar b, in EdwardsScalar c)
    {
        ReadOnlySpan<ulong> left = [a.A0, a.A1, a.A2, a.A3];
        ReadOnlySpan<ulong> right = [b.A0, b.A1, b.A2, b.A3];
        Span<ulong> sum = [c.A0, c.A1, c.A2, c.A3, 0, 0, 0, 0];
        for (var i = 0; i < Words; i++)
        {
            UInt128 carry = 0;
            for (var j = 0; j < Words; j++)
            {
                carry += (UInt128)left[i] * right[j] + sum[i + j];
                sum[i + j] = (ulong)carry;
                carry >>= 64;
            }

            for (var j = i + Words; j < sum.Length; j++)
            {
                carry += sum[j];
                sum[j] = (ulong)carry;
                carry >>= 64;
            }
        }

        return Reduce(sum);
    }

    public byte[] ToBytes()
    {
        var bytes = new byte[8 * Words];
        BinaryPrimitives.WriteUInt64LittleEndian(bytes, A0);
        BinaryPrimitives.WriteUInt64LittleEndian(bytes.AsSpan(8), A1);
        BinaryPrimitives.WriteUInt64LittleEndian(bytes.AsSpan(16), A2);
        BinaryPrimitives.WriteUInt64LittleEndian(bytes.AsSpan(24), A3);
        return bytes;
    }

    private static ulong Word(ReadOnlySpan<byte> bytes, int index) => BinaryPrimitives.ReadUInt64LittleEndian(bytes[(8 * index)..]);

    // Bit by bit, from the top: slow, but there is nothing in it that depends on the number.
    private static EdwardsScalar Reduce(ReadOnlySpan<ulong> words)
    {
        var rest = default(EdwardsScalar);
        for (var bit = (64 * words.Length) - 1; bit >= 0; bit--)
        {
            var next = words[bit / 64] >> (bit % 64) & 1;
            rest = new EdwardsScalar(rest.A0 << 1 | next, rest.A1 << 1 | rest.A0 >> 63, rest.A2 << 1 | rest.A1 >> 63, rest.A3 << 1 | rest.A2 >> 63).LessOrder();
        }

        return rest;
    }

    // Takes the order away once, if it fits.
    private EdwardsScalar LessOrder()
    {
        var difference = (UInt128)A0 - Order.A0;
        var d0 = (ulong)difference;
        difference = (UInt128)A1 - Order.A1 - (difference >> 127);
        var d1 = (ulong)difference;
        difference = (UInt128)A2 - Order.A2 - (difference >> 127);
        var d2 = (ulong)difference;
        difference = (UInt128)A3 - Order.A3 - (difference >> 127);
        var d3 = (ulong)difference;
        var keep = 0 - (ulong)(difference >> 127);
        return new EdwardsScalar(A0 & keep | d0 & ~keep, A1 & keep | d1 & ~keep, A2 & keep | d2 & ~keep, A3 & keep | d3 & ~keep);
    }
}
