using System.Buffers.Text;

namespace Jobs.Brokers.Redis.Protocol;

/// <summary>How a value begins: its type, its line, and what follows the line.</summary>
/// <param name="Type">One of <see cref="RespType"/>.</param>
/// <param name="LineEnd">Where the line ends, from the value's start; its CR LF come next.</param>
/// <param name="Length">The bytes after the line, without CR LF, or −1 if there are none.</param>
/// <param name="Values">How many values follow that belong to it.</param>
internal readonly record struct RespHeader(byte Type, int LineEnd, int Length, long Values)
{
    /// <summary>How many bytes it has without the values that belong to it.</summary>
    public long Size => Length < 0 ? LineEnd + 2 : (long)LineEnd + 2 + Length + 2;

    public bool IsError => Type is RespType.Error or RespType.BulkError;

    /// <summary>The text of the line, or the bytes after it.</summary>
    public ReadOnlySpan<byte> Content(ReadOnlySpan<byte> value) => Type == RespType.Null ? []
        : Length < 0 ? value[1..LineEnd]
        : value.Slice(LineEnd + 2, Length);

    /// <summary>Reads the line at the start of a value.</summary>
    /// <param name="value">The value.</param>
    /// <param name="lineEnd">Where its CR stands.</param>
    public static RespHeader Parse(ReadOnlySpan<byte> value, int lineEnd)
    {
        var line = value[1..lineEnd];
        switch (value[0])
        {
            case RespType.SimpleString or RespType.Error or RespType.Integer or RespType.Boolean or RespType.Double or RespType.BigNumber:
                return new(value[0], lineEnd, -1, 0);
            case RespType.Null when line.IsEmpty:
                return new(RespType.Null, lineEnd, -1, 0);
            case RespType.BulkString or RespType.Array when line.SequenceEqual("-1"u8):
                return new(RespType.Null, lineEnd, -1, 0);
            case RespType.BulkString or RespType.BulkError or RespType.Verbatim:
                return new(value[0], lineEnd, Count(line), 0);
            case RespType.Array or RespType.Set or RespType.Push:
                return new(value[0], lineEnd, -1, Count(line));
            case RespType.Map or RespType.Attribute:
                return new(value[0], lineEnd, -1, 2L * Count(line));
            default:
                throw Unknown(value[0]);
        }
    }

    /// <summary>True if a value can begin with this byte.</summary>
    public static bool IsKnown(byte type) => "+-:$*_#,(!=%~>|"u8.Contains(type);

    public static RedisProtocolException Unknown(byte type) =>
        new($"The server sent byte 0x{type:x2} where a reply begins: it does not speak the protocol of Redis.");

    private static int Count(ReadOnlySpan<byte> line) =>
        Utf8Parser.TryParse(line, out int count, out var used) && used == line.Length && count >= 0 && line[0] != '+'
            ? count
            : throw new RedisProtocolException("The server sent a length that is not a number between 0 and 2147483647.");
}
