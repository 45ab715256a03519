namespace Jobs.Brokers.Nats.Protocol.Signing;

/// <summary>A point of the twisted Edwards curve of Ed25519, in extended coordinates: x = X/Z, y = Y/Z, x·y = T/Z.</summary>
internal readonly record struct EdwardsPoint(FieldElement X, FieldElement Y, FieldElement Z, FieldElement T)
{
    private static readonly EdwardsPoint Neutral = new(default, FieldElement.One, FieldElement.One, default);

    private static readonly EdwardsPoint Base = new(
        new FieldElement(0x62d608f25d51a, 0x412a4b4f6592a, 0x75b7171a4b31d, 0x1ff60527118fe, 0x216936d3cd6e5),
        new FieldElement(0x6666666666658, 0x4cccccccccccc, 0x1999999999999, 0x3333333333333, 0x6666666666666),
        FieldElement.One,
        new FieldElement(0x68ab3a5b7dda3, 0x00eea2a5eadbb, 0x2af8df483c27e, 0x332b375274732, 0x67875f0fd78b7));

    // 2 · d, where d = −121665/121666 is the curve's.
    private static readonly FieldElement TwiceD = new(0x69b9426b2f159, 0x35050762add7a, 0x3cf44c0038052, 0x6738cc7407977, 0x2406d9dc56dff);

    // Complete on this curve: it doubles, too, and has no exceptions.
    public static EdwardsPoint operator +(in EdwardsPoint left, in EdwardsPoint right)
    {
        var a = (left.Y - left.X) * (right.Y - right.X);
        var b = (left.Y + left.X) * (right.Y + right.X);
        var c = left.T * TwiceD * right.T;
        var d = (left.Z + left.Z) * right.Z;
        var (e, f, g, h) = (b - a, d - c, d + c, b + a);
        return new EdwardsPoint(e * f, g * h, f * g, e * h);
    }

    /// <summary>The base point times a number of 32 bytes, lowest first.</summary>
    public static EdwardsPoint MultiplyBase(ReadOnlySpan<byte> scalar)
    {
        var product = Neutral;
        for (var bit = 255; bit >= 0; bit--)
        {
            product += product;
            var more = product + Base;
            product = Choose((ulong)(scalar[bit / 8] >> (bit % 8) & 1), more, product);
        }

        return product;
    }

    public byte[] ToBytes()
    {
        var inverse = Z.Invert();
        var bytes = (Y * inverse).ToBytes();
        bytes[31] |= (byte)((X * inverse).ToBytes()[0] << 7);
        return bytes;
    }

    private static EdwardsPoint Choose(ulong bit, in EdwardsPoint one, in EdwardsPoint zero) => new(
        FieldElement.Choose(bit, one.X, zero.X),
        FieldElement.Choose(bit, one.Y, zero.Y),
        FieldElement.Choose(bit, one.Z, zero.Z),
        FieldElement.Choose(bit, one.T, zero.T));
}
