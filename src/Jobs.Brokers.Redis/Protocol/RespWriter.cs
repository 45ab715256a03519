using System.Globalization;

namespace Jobs.Brokers.Redis.Protocol;

/// <summary>Writes the parts of a command.</summary>
internal static class RespWriter
{
    public static int Digits(int number)
    {
        var digits = 1;
        for (; number >= 10; number /= 10)
        {
            digits++;
        }

        return digits;
    }

    /// <summary>How long an argument is on the wire.</summary>
    public static int BulkLength(int length) => checked(1 + Digits(length) + 2 + length + 2);

    /// <summary>Writes a type, a number and CR LF; how many bytes.</summary>
    public static int WriteLine(Span<byte> destination, byte type, int number)
    {
        destination[0] = type;
        number.TryFormat(destination[1..], out var digits, provider: CultureInfo.InvariantCulture);
        destination[digits + 1] = (byte)'\r';
        destination[digits + 2] = (byte)'\n';
        return digits + 3;
    }

    public static int WriteBulk(Span<byte> destination, ReadOnlySpan<byte> argument)
    {
        var at = WriteLine(destination, RespType.BulkString, argument.Length);
        argument.CopyTo(destination[at..]);
        "\r\n"u8.CopyTo(destination[(at + argument.Length)..]);
        return at + argument.Length + 2;
    }
}
