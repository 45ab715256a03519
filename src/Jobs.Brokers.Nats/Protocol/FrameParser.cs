using System.Buffers.Text;
using System.Text;

namespace Jobs.Brokers.Nats.Protocol;

/// <summary>Finds what a server sent in input that comes in pieces, without going over it again.</summary>
/// <remarks>Fields are separated by any number of blanks and tabs; commands are taken in any case.</remarks>
/// <param name="limit">The most bytes of a message.</param>
internal struct FrameParser(int limit)
{
    // Only INFO of a large cluster comes near to it.
    private const int LongestLine = 64 * 1024;

    private readonly int _limit = limit;
    private int _searched;
    private int _needed;

    /// <summary>Takes the next frame; then it is ready for the one after it.</summary>
    /// <param name="input">It, from its start: what was there at the last call, and more.</param>
    /// <param name="frame">Where its parts lie.</param>
    /// <returns>False if there must be more input.</returns>
    /// <exception cref="NatsProtocolException">This is no frame, or it is too long.</exception>
    public bool TryParse(ReadOnlySpan<byte> input, out Frame frame)
    {
        frame = default;
        if (input.Length < Math.Max(1, _needed))
        {
            return false;
        }

        if (_searched == 0 && !"MHIPmhip+-"u8.Contains(input[0]))
        {
            throw new NatsProtocolException($"The server sent byte 0x{input[0]:x2} where a command begins: it does not speak the protocol of NATS.");
        }

        var found = input[_searched..].IndexOf((byte)'\n');
        var lineEnd = _searched + found;
        if ((found < 0 ? input.Length : lineEnd) > LongestLine)
        {
            throw new NatsProtocolException($"The server sent a line of more than {LongestLine} bytes.");
        }

        if (found < 0)
        {
            _searched = input.Length;
            return false;
        }

        if (lineEnd == 0 || input[lineEnd - 1] != '\r')
        {
            throw new NatsProtocolException("The server sent a line that does not end as it must.");
        }

        _searched = lineEnd;
        frame = ReadLine(input[..(lineEnd - 1)]);
        _needed = frame.Length;
        if (input.Length < frame.Length)
        {
            return false;
        }

        if (frame.Kind == FrameKind.Message)
        {
            Check(input, frame);
        }

        _searched = _needed = 0;
        return true;
    }

    private static void Check(ReadOnlySpan<byte> input, in Frame frame)
    {
        if (!input[..frame.Length].EndsWith("\r\n"u8))
        {
            throw new NatsProtocolException("The server sent a message that is not as long as it said.");
        }

        var headers = input[frame.Headers];
        if (!headers.IsEmpty && !(headers.StartsWith(NatsHeaderBlock.FirstLine) && headers.EndsWith("\r\n\r\n"u8)))
        {
            throw new NatsProtocolException("The server sent headers that do not begin or end as they must.");
        }
    }

    private static Frame Simple(FrameKind kind, ReadOnlySpan<byte> line, Range content = default) => new(kind, line.Length + 2) { Content = content };

    private static Range Rest(ReadOnlySpan<byte> line, int from, ReadOnlySpan<byte> trimmed)
    {
        var rest = line[from..];
        var start = from + rest.Length - rest.TrimStart(trimmed).Length;
        return start..Math.Max(start, line.TrimEnd(trimmed).Length);
    }

    private static bool IsBlank(byte value) => value is (byte)' ' or (byte)'\t';

    private static bool TryTakeField(ReadOnlySpan<byte> line, ref int at, out Range field)
    {
        while (at < line.Length && IsBlank(line[at]))
        {
            at++;
        }

        var length = line[at..].IndexOfAny((byte)' ', (byte)'\t');
        field = at..(length < 0 ? line.Length : at + length);
        at = field.End.Value;
        return field.End.Value > field.Start.Value;
    }

    private static long Number(ReadOnlySpan<byte> text) =>
        text[0] is >= (byte)'0' and <= (byte)'9' && Utf8Parser.TryParse(text, out long number, out var used) && used == text.Length
            ? number
            : throw new NatsProtocolException("The server sent a message with a number that is none.");

    private readonly Frame ReadLine(ReadOnlySpan<byte> line)
    {
        var at = 0;
        TryTakeField(line, ref at, out var field);
        var command = line[field];
        return command.Length switch
        {
            3 when Ascii.EqualsIgnoreCase(command, "MSG"u8) => ReadMessage(line, at, hasHeaders: false),
            4 when Ascii.EqualsIgnoreCase(command, "HMSG"u8) => ReadMessage(line, at, hasHeaders: true),
            4 when Ascii.EqualsIgnoreCase(command, "PING"u8) => Simple(FrameKind.Ping, line),
            4 when Ascii.EqualsIgnoreCase(command, "PONG"u8) => Simple(FrameKind.Pong, line),
            4 when Ascii.EqualsIgnoreCase(command, "INFO"u8) => Simple(FrameKind.Info, line, Rest(line, at, " \t"u8)),
            4 when Ascii.EqualsIgnoreCase(command, "-ERR"u8) => Simple(FrameKind.Error, line, Rest(line, at, " \t'"u8)),
            3 when Ascii.EqualsIgnoreCase(command, "+OK"u8) => Simple(FrameKind.Ok, line),
            _ => throw new NatsProtocolException("The server sent a command that is not known: it does not speak the protocol of NATS."),
        };
    }

    // subject, subscription, reply subject if there is one, length of the headers if there are some, length.
    private readonly Frame ReadMessage(ReadOnlySpan<byte> line, int at, bool hasHeaders)
    {
        Span<Range> fields = stackalloc Range[6];
        var count = 0;
        while (count < fields.Length && TryTakeField(line, ref at, out fields[count]))
        {
            count++;
        }

        var least = hasHeaders ? 4 : 3;
        if (count < least || count > least + 1)
        {
            throw new NatsProtocolException("The server sent a message with too few or too many fields.");
        }

        var size = Number(line[fields[count - 1]]);
        var headers = hasHeaders ? Number(line[fields[count - 2]]) : 0;
        if (size > _limit)
        {
            throw new NatsProtocolException($"The server sent a message of {size} bytes; the limit is {_limit}.");
        }

        if (headers > size)
        {
            throw new NatsProtocolException("The server sent a message with headers that are longer than itself.");
        }

        var start = line.Length + 2;
        return new Frame(FrameKind.Message, start + (int)size + 2)
        {
            Subject = fields[0],
            SubscriptionId = Number(line[fields[1]]),
            ReplyTo = count > least ? fields[2] : default,
            Headers = start..(start + (int)headers),
            Content = (start + (int)headers)..(start + (int)size),
        };
    }
}
