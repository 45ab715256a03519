using System.Text.Json;

namespace Jobs.Messages;

/// <summary>Reads RFC 3339 times. The readers of the base library also take times without an offset, and add the machine's own.</summary>
internal static class Rfc3339
{
    // Longer texts carry more digits than a tick can hold many times over.
    private const int MaxLength = 64;

    // A character may be written as six bytes (\u002B).
    private const int BytesPerCharacter = 6;
    private const int DigitsOfTicks = 7;

    /// <summary>Reads the value that the reader stands on.</summary>
    /// <exception cref="InvalidOperationException">It is a string that is not valid UTF-8.</exception>
    public static bool TryRead(ref Utf8JsonReader reader, out DateTimeOffset value)
    {
        value = default;
        if (reader.TokenType != JsonTokenType.String || reader.ValueSpan.Length > MaxLength * BytesPerCharacter)
        {
            return false;
        }

        Span<byte> text = stackalloc byte[MaxLength * BytesPerCharacter];
        return TryParse(text[..reader.CopyString(text)], out value);
    }

    /// <summary>Reads <c>2026-11-22T10:00:00.1234567Z</c> or the same with an offset; the result is in UTC. Digits below a tick are dropped.</summary>
    public static bool TryParse(ReadOnlySpan<byte> text, out DateTimeOffset value)
    {
        value = default;
        if (text.Length is < 20 or > MaxLength
            || text[4] != '-' || text[7] != '-' || (text[10] | 0x20) != 't' || text[13] != ':' || text[16] != ':'
            || !TryDigits(text[..4], out var year) || !TryDigits(text[5..7], out var month) || !TryDigits(text[8..10], out var day)
            || !TryDigits(text[11..13], out var hour) || !TryDigits(text[14..16], out var minute) || !TryDigits(text[17..19], out var second)
            || year < 1 || month is < 1 or > 12 || day < 1 || day > DateTime.DaysInMonth(year, month)
            || hour > 23 || minute > 59 || second > 60
            || !TryFraction(text[19..], out var fraction, out var length)
            || !TryOffset(text[(19 + length)..], out var offset))
        {
            return false;
        }

        // A leap second (60) is the first second of the next minute here.
        var ticks = new DateTime(year, month, day, hour, minute, 0).Ticks + (second * TimeSpan.TicksPerSecond) + fraction - offset;
        if (ticks < 0 || ticks > DateTime.MaxValue.Ticks)
        {
            return false;
        }

        value = new DateTimeOffset(ticks, TimeSpan.Zero);
        return true;
    }

    private static bool TryDigits(ReadOnlySpan<byte> text, out int value)
    {
        value = 0;
        foreach (var digit in text)
        {
            if (digit is < (byte)'0' or > (byte)'9')
            {
                return false;
            }

            value = (value * 10) + digit - '0';
        }

        return true;
    }

    private static bool TryFraction(ReadOnlySpan<byte> text, out long ticks, out int length)
    {
        ticks = 0;
        length = 0;
        if (text.IsEmpty || text[0] != '.')
        {
            return true;
        }

        length = text[1..].IndexOfAnyExceptInRange((byte)'0', (byte)'9') + 1;
        if (length < 2)
        {
            return false;
        }

        for (var i = 1; i <= DigitsOfTicks; i++)
        {
            ticks = (ticks * 10) + (i < length ? text[i] - '0' : 0);
        }

        return true;
    }

    private static bool TryOffset(ReadOnlySpan<byte> text, out long ticks)
    {
        ticks = 0;
        if (text.Length == 1)
        {
            return (text[0] | 0x20) == 'z';
        }

        if (text.Length != 6 || text[0] is not ((byte)'+' or (byte)'-') || text[3] != ':'
            || !TryDigits(text[1..3], out var hours) || !TryDigits(text[4..], out var minutes) || hours > 23 || minutes > 59)
        {
            return false;
        }

        ticks = ((hours * 60) + minutes) * TimeSpan.TicksPerMinute * (text[0] == '-' ? -1 : 1);
        return true;
    }
}
