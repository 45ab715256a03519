using System.Buffers.Text;
using System.Globalization;
using System.Numerics;
using System.Text.Json;

namespace Jobs.Serialization;

/// <content>The keys of dictionaries, which are names of properties.</content>
public static partial class JobJson
{
    // The digits of UInt64.MaxValue, or a Guid.
    private const int LongestName = 36;

    /// <summary>Writes an integer or Guid as the name of a property.</summary>
    public static void WriteName<T>(Utf8JsonWriter writer, T key)
        where T : IUtf8SpanFormattable
    {
        Span<byte> name = stackalloc byte[LongestName];
        key.TryFormat(name, out var length, default, CultureInfo.InvariantCulture);
        writer.WritePropertyName(name[..length]);
    }

    /// <summary>Writes an enum as the name of a property: its name, or its number where it has none.</summary>
    public static void WriteEnumName<T, TNumber>(Utf8JsonWriter writer, T key, TNumber number)
        where T : struct, Enum
        where TNumber : IUtf8SpanFormattable
    {
        // The text of a number depends on the culture; no name begins like one (C# standard, 6.4.3).
        var name = key.ToString();
        if (char.IsLetter(name[0]) || name[0] == '_' || char.GetUnicodeCategory(name[0]) == UnicodeCategory.LetterNumber)
        {
            writer.WritePropertyName(name);
        }
        else
        {
            WriteName(writer, number);
        }
    }

    /// <summary>Reads the name of a property as an integer.</summary>
    public static T ReadNumberName<T>(ref Utf8JsonReader reader)
        where T : INumber<T>
    {
        Span<byte> name = stackalloc byte[LongestName];
        return TryCopyName(ref reader, name, out var length) && T.TryParse(name[..length], NumberStyles.AllowLeadingSign, CultureInfo.InvariantCulture, out var key)
            ? key
            : throw new FormatException("The name is not an integer of the key's range.");
    }

    /// <summary>Reads the name of a property as a Guid.</summary>
    public static Guid ReadGuidName(ref Utf8JsonReader reader)
    {
        Span<byte> name = stackalloc byte[LongestName];
        return TryCopyName(ref reader, name, out var length) && Utf8Parser.TryParse(name[..length], out Guid key, out var consumed, 'D') && consumed == length
            ? key
            : throw new FormatException("The name is not a Guid.");
    }

    /// <summary>Reads the name of a property as an enum: a name in any case, or a number.</summary>
    public static T ReadEnumName<T>(ref Utf8JsonReader reader)
        where T : struct, Enum =>
        Enum.TryParse(reader.GetString(), ignoreCase: true, out T key) ? key : throw new FormatException($"The name is not one of {typeof(T).Name}.");

    // Unescaped; what is too long for it is no such name.
    private static bool TryCopyName(ref Utf8JsonReader reader, scoped Span<byte> name, out int length)
    {
        length = 0;
        if (!reader.ValueIsEscaped)
        {
            length = reader.ValueSpan.Length;
            return reader.ValueSpan.TryCopyTo(name);
        }

        if (reader.ValueSpan.Length > LongestName * LongestEscape)
        {
            return false;
        }

        Span<byte> unescaped = stackalloc byte[LongestName * LongestEscape];
        length = reader.CopyString(unescaped);
        return unescaped[..length].TryCopyTo(name);
    }
}
