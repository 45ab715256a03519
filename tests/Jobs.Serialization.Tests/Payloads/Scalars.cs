namespace Jobs.Serialization.Tests.Payloads;

public sealed record Integers(sbyte A, byte B, short C, ushort D, int E, uint F, long G, ulong H);

public sealed record OptionalIntegers(sbyte? A, byte? B, short? C, ushort? D, int? E, uint? F, long? G, ulong? H);

public sealed record Floats(float A, double B, decimal C, float? D, double? E, decimal? F);

public sealed record Texts(char A, char? B, string C, string? D);

public sealed record Dates(DateTime A, DateTimeOffset B, DateOnly C, DateTime? D, DateTimeOffset? E, DateOnly? F);

public sealed record Times(TimeSpan A, TimeOnly B, TimeSpan? C, TimeOnly? D);

public sealed record Others(Guid A, Guid? B, Uri C, Uri? D, Version E, Version? F, bool G, bool? H);

public sealed record Binaries(byte[] A, byte[]? B, ReadOnlyMemory<byte> C, ReadOnlyMemory<byte>? D);

public enum Small : byte
{
    None,
    Most = 255,
}

public enum Narrow : sbyte
{
    Least = -128,
    None = 0,
}

public enum Wide : long
{
    Least = long.MinValue,
    None = 0,
}

[Flags]
public enum Flags : ulong
{
    None,
    One = 1,
    Last = 1UL << 63,
}

public enum Plain
{
    Negative = -1,
    None = 0,
    Class = 7,
}

public sealed record Enums(Small A, Narrow B, Wide C, Flags D, Plain E, DayOfWeek? F, Flags? G);
