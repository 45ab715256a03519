using System.Text;

namespace Jobs.Brokers.Nats.Protocol.Signing;

/// <summary>The text form of keys: base32 without padding of prefix, key, and their CRC-16 (XMODEM), low byte first.</summary>
internal static class NKeyText
{
    /// <summary><c>S</c>.</summary>
    public const byte Seed = 18 << 3;

    /// <summary><c>U</c>.</summary>
    public const byte User = 20 << 3;

    /// <summary><c>A</c>.</summary>
    public const byte Account = 0;

    /// <summary><c>O</c>.</summary>
    public const byte Operator = 14 << 3;

    private const string Alphabet = "ABCDEFGHIJKLMNOPQRSTUVWXYZ234567";

    public static string Encode(ReadOnlySpan<byte> prefix, ReadOnlySpan<byte> key)
    {
        byte[] bytes = [.. prefix, .. key, 0, 0];
        var sum = Checksum(bytes.AsSpan(0, bytes.Length - 2));
        (bytes[^2], bytes[^1]) = ((byte)sum, (byte)(sum >> 8));
        var text = new StringBuilder();
        int buffer = 0, bits = 0;
        foreach (var value in bytes)
        {
            buffer = buffer << 8 | value;
            for (bits += 8; bits >= 5; bits -= 5)
            {
                text.Append(Alphabet[buffer >> (bits - 5) & 31]);
            }

            buffer &= 31;
        }

        return (bits == 0 ? text : text.Append(Alphabet[buffer << (5 - bits) & 31])).ToString();
    }

    /// <summary>The prefix and the key.</summary>
    /// <exception cref="FormatException">The text is not valid; the message does not show it.</exception>
    public static byte[] Decode(string text)
    {
        var bytes = new List<byte>();
        int buffer = 0, bits = 0;
        foreach (var character in text)
        {
            var value = Alphabet.IndexOf(character, StringComparison.Ordinal);
            if (value < 0)
            {
                throw new FormatException("It has a character that is not of base32.");
            }

            buffer = buffer << 5 | value;
            bits += 5;
            if (bits >= 8)
            {
                bits -= 8;
                bytes.Add((byte)(buffer >> bits));
            }

            buffer &= 255;
        }

        // Bits that are left over are zero: one key has one text.
        if ((buffer & ((1 << bits) - 1)) != 0 || bytes.Count < 4 || Checksum(System.Runtime.InteropServices.CollectionsMarshal.AsSpan(bytes)[..^2]) != (bytes[^2] | bytes[^1] << 8))
        {
            throw new FormatException("Its checksum is wrong: a character is missing or mistaken.");
        }

        return [.. bytes.GetRange(0, bytes.Count - 2)];
    }

    private static ushort Checksum(ReadOnlySpan<byte> bytes)
    {
        var sum = 0;
        foreach (var value in bytes)
        {
            sum ^= value << 8;
            for (var bit = 0; bit < 8; bit++)
            {
                sum = (sum & 0x8000) != 0 ? sum << 1 ^ 0x1021 : sum << 1;
            }
        }

        return (ushort)sum;
    }
}
