using System.Buffers.Text;
using System.Globalization;
using System.Text.Json;

namespace Jobs.Serialization;

public static partial class JobJson
{
    private const int LongestTime = 26; // -10675199.02:48:05.4775808
    private const int DateLength = 10;

    /// <summary>Reads a time span in the constant format, such as <c>1.02:03:04.5</c>; a bare number means days.</summary>
    public static TimeSpan ReadTimeSpan(ref Utf8JsonReader reader)
    {
        Span<byte> text = stackalloc byte[LongestTime * LongestEscape];
        text = text[..CopyText(ref reader, text, "a time span")];
        return TryParseTime(text, mayBeNegative: true, out var value)
            ? value
            : throw new FormatException("The text is not a time span such as '1.02:03:04.5'.");
    }

    /// <summary>Writes a time span in the constant format.</summary>
    public static void WriteTimeSpan(Utf8JsonWriter writer, TimeSpan value)
    {
        Span<byte> text = stackalloc byte[LongestTime];
        Utf8Formatter.TryFormat(value, text, out var length, 'c');
        writer.WriteStringValue(text[..length]);
    }

    /// <summary>Reads a date such as <c>2026-11-22</c>.</summary>
    public static DateOnly ReadDateOnly(ref Utf8JsonReader reader)
    {
        Span<byte> text = stackalloc byte[DateLength * LongestEscape];
        text = text[..CopyText(ref reader, text, "a date")];
        return text.Length == DateLength && text[4] == '-' && text[7] == '-'
            && TryParseDigits(text[..4], out var year) && TryParseDigits(text[5..7], out var month) && TryParseDigits(text[8..], out var day)
            && year > 0 && month is > 0 and <= 12 && day > 0 && day <= DateTime.DaysInMonth(year, month)
            ? new DateOnly(year, month, day)
            : throw new FormatException("The text is not a date such as '2026-11-22'.");
    }

    /// <summary>Writes a date.</summary>
    public static void WriteDateOnly(Utf8JsonWriter writer, DateOnly value)
    {
        Span<byte> text = stackalloc byte[DateLength];
        value.TryFormat(text, out _, "O", CultureInfo.InvariantCulture);
        writer.WriteStringValue(text);
    }

    /// <summary>Reads a time of day such as <c>10:20:30.5</c>.</summary>
    public static TimeOnly ReadTimeOnly(ref Utf8JsonReader reader)
    {
        Span<byte> text = stackalloc byte[LongestTime * LongestEscape];
        text = text[..CopyText(ref reader, text, "a time of day")];

        // Without a colon up front the same text would be a number of days.
        var separator = text.IndexOfAny((byte)':', (byte)'.');
        return separator >= 0 && text[separator] == ':' && TryParseTime(text, mayBeNegative: false, out var time) && time < TimeSpan.FromDays(1)
            ? TimeOnly.FromTimeSpan(time)
            : throw new FormatException("The text is not a time of day such as '10:20:30.5'.");
    }

    /// <summary>Writes a time of day.</summary>
    public static void WriteTimeOnly(Utf8JsonWriter writer, TimeOnly value) => WriteTimeSpan(writer, value.ToTimeSpan());

    private static bool TryParseTime(ReadOnlySpan<byte> text, bool mayBeNegative, out TimeSpan value)
    {
        value = default;

        // The parser would take leading blanks.
        return text.Length > 0 && (char.IsAsciiDigit((char)text[0]) || (mayBeNegative && text[0] == '-'))
            && Utf8Parser.TryParse(text, out value, out var consumed, 'c') && consumed == text.Length;
    }

    private static bool TryParseDigits(ReadOnlySpan<byte> text, out int value)
    {
        value = 0;
        foreach (var digit in text)
        {
            if (!char.IsAsciiDigit((char)digit))
            {
                return false;
            }

            value = (value * 10) + (digit - '0');
        }

        return true;
    }
}
