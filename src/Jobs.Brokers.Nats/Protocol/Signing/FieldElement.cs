using System.Buffers.Binary;

namespace Jobs.Brokers.Nats.Protocol.Signing;

/// <summary>A number modulo 2^255 − 19, in five words of 51 bits and a little more, lowest first.</summary>
internal readonly record struct FieldElement(ulong A0, ulong A1, ulong A2, ulong A3, ulong A4)
{
    private const int Bits = 51;
    private const ulong Mask = (1UL << Bits) - 1;

    public static FieldElement One { get; } = new(1, 0, 0, 0, 0);

    public static FieldElement operator +(in FieldElement left, in FieldElement right) =>
        Carry(left.A0 + right.A0, left.A1 + right.A1, left.A2 + right.A2, left.A3 + right.A3, left.A4 + right.A4);

    // Sixteen times the modulus first, so that no word gets below zero.
    public static FieldElement operator -(in FieldElement left, in FieldElement right) => Carry(
        left.A0 + (16 * (Mask - 18)) - right.A0,
        left.A1 + (16 * Mask) - right.A1,
        left.A2 + (16 * Mask) - right.A2,
        left.A3 + (16 * Mask) - right.A3,
        left.A4 + (16 * Mask) - right.A4);

    public static FieldElement operator *(in FieldElement left, in FieldElement right)
    {
        var (b1, b2, b3, b4) = (19 * right.A1, 19 * right.A2, 19 * right.A3, 19 * right.A4);
        var c0 = Product(left.A0, right.A0) + Product(left.A1, b4) + Product(left.A2, b3) + Product(left.A3, b2) + Product(left.A4, b1);
        var c1 = Product(left.A0, right.A1) + Product(left.A1, right.A0) + Product(left.A2, b4) + Product(left.A3, b3) + Product(left.A4, b2);
        var c2 = Product(left.A0, right.A2) + Product(left.A1, right.A1) + Product(left.A2, right.A0) + Product(left.A3, b4) + Product(left.A4, b3);
        var c3 = Product(left.A0, right.A3) + Product(left.A1, right.A2) + Product(left.A2, right.A1) + Product(left.A3, right.A0) + Product(left.A4, b4);
        var c4 = Product(left.A0, right.A4) + Product(left.A1, right.A3) + Product(left.A2, right.A2) + Product(left.A3, right.A1) + Product(left.A4, right.A0);
        c1 += c0 >> Bits;
        c2 += c1 >> Bits;
        c3 += c2 >> Bits;
        c4 += c3 >> Bits;
        var a0 = ((ulong)c0 & Mask) + (19 * (ulong)(c4 >> Bits));
        return Carry(a0, (ulong)c1 & Mask, (ulong)c2 & Mask, (ulong)c3 & Mask, (ulong)c4 & Mask);
    }

    /// <summary><paramref name="one"/> for 1, <paramref name="zero"/> for 0.</summary>
    public static FieldElement Choose(ulong bit, in FieldElement one, in FieldElement zero)
    {
        var mask = 0 - bit;
        return new FieldElement(
            one.A0 & mask | zero.A0 & ~mask,
            one.A1 & mask | zero.A1 & ~mask,
            one.A2 & mask | zero.A2 & ~mask,
            one.A3 & mask | zero.A3 & ~mask,
            one.A4 & mask | zero.A4 & ~mask);
    }

    /// <summary>The number that gives 1 with this one: its power of 2^255 − 21.</summary>
    public FieldElement Invert()
    {
        var power = this;
        for (var bit = 253; bit >= 0; bit--)
        {
            power *= power;
            // All bits of the exponent are set but these two.
            if (bit is not (2 or 4))
            {
                power *= this;
            }
        }

        return power;
    }

    public byte[] ToBytes()
    {
        var carried = Carry(A0, A1, A2, A3, A4);
        // One above the modulus exactly if 19 more reach 2^255.
        var over = (carried.A0 + 19) >> Bits;
        over = (carried.A1 + over) >> Bits;
        over = (carried.A2 + over) >> Bits;
        over = (carried.A3 + over) >> Bits;
        over = (carried.A4 + over) >> Bits;
        var a0 = carried.A0 + (19 * over);
        var a1 = carried.A1 + (a0 >> Bits);
        var a2 = carried.A2 + (a1 >> Bits);
        var a3 = carried.A3 + (a2 >> Bits);
        var a4 = carried.A4 + (a3 >> Bits);
        (a0, a1, a2, a3, a4) = (a0 & Mask, a1 & Mask, a2 & Mask, a3 & Mask, a4 & Mask);
        var bytes = new byte[32];
        BinaryPrimitives.WriteUInt64LittleEndian(bytes, a0 | a1 << 51);
        BinaryPrimitives.WriteUInt64LittleEndian(bytes.AsSpan(8), a1 >> 13 | a2 << 38);
        BinaryPrimitives.WriteUInt64LittleEndian(bytes.AsSpan(16), a2 >> 26 | a3 << 25);
        BinaryPrimitives.WriteUInt64LittleEndian(bytes.AsSpan(24), a3 >> 39 | a4 << 12);
        return bytes;
    }

    private static UInt128 Product(ulong left, ulong right)
    {
        var high = Math.BigMul(left, right, out var low);
        return new UInt128(high, low);
    }

    private static FieldElement Carry(ulong a0, ulong a1, ulong a2, ulong a3, ulong a4)
    {
        a1 += a0 >> Bits;
        a2 += a1 >> Bits;
        a3 += a2 >> Bits;
        a4 += a3 >> Bits;
        a0 = (a0 & Mask) + (19 * (a4 >> Bits));
        // What is left in the second word is at most one bit too many.
        return new FieldElement(a0 & Mask, (a1 & Mask) + (a0 >> Bits), a2 & Mask, a3 & Mask, a4 & Mask);
    }
}
