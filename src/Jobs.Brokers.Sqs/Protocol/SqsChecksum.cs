using System.Buffers.Binary;
using System.Security.Cryptography;
using System.Text;

namespace Jobs.Brokers.Sqs.Protocol;

/// <summary>The checksums of SQS: MD5 in hexadecimal.</summary>
internal static class SqsChecksum
{
    private const byte TextType = 1;
    private const int HashSize = 16;

    /// <summary>False on machines whose policy forbids MD5.</summary>
    public static bool IsAvailable { get; } = Probe();

    /// <summary>True if a body has the checksum, if none was given, or if the machine cannot tell.</summary>
    public static bool Matches(ReadOnlySpan<byte> body, ReadOnlySpan<byte> checksum)
    {
        if (checksum.IsEmpty || !IsAvailable)
        {
            return true;
        }

        Span<byte> hash = stackalloc byte[HashSize];
        CryptographicOperations.HashData(HashAlgorithmName.MD5, body, hash);
        return IsHexOf(hash, checksum);
    }

    /// <summary>True if the attributes of an entry have the checksum, if none was given, or if the machine cannot tell.</summary>
    public static bool Matches(in SqsSendEntry entry, ReadOnlySpan<byte> checksum)
    {
        if (checksum.IsEmpty || !IsAvailable)
        {
            return true;
        }

        var attributes = new List<SqsAttribute>([.. entry.Attributes.Span]);
        if (!entry.State.IsEmpty)
        {
            attributes.Add(new SqsAttribute(SqsLimits.StateAttribute, entry.State));
        }

        attributes.Sort(static (one, other) => string.CompareOrdinal(one.Name, other.Name));
        using var digest = IncrementalHash.CreateHash(HashAlgorithmName.MD5);
        foreach (var attribute in attributes)
        {
            Append(digest, Encoding.UTF8.GetBytes(attribute.Name));
            Append(digest, "String"u8);
            digest.AppendData([TextType]);
            Append(digest, attribute.Value.Span);
        }

        Span<byte> hash = stackalloc byte[HashSize];
        digest.GetHashAndReset(hash);
        return IsHexOf(hash, checksum);
    }

    private static void Append(IncrementalHash digest, ReadOnlySpan<byte> value)
    {
        Span<byte> length = stackalloc byte[sizeof(int)];
        BinaryPrimitives.WriteInt32BigEndian(length, value.Length);
        digest.AppendData(length);
        digest.AppendData(value);
    }

    private static bool IsHexOf(ReadOnlySpan<byte> hash, ReadOnlySpan<byte> text)
    {
        Span<char> hex = stackalloc char[2 * HashSize];
        return Convert.TryToHexStringLower(hash, hex, out _) && Ascii.EqualsIgnoreCase(text, hex);
    }

    private static bool Probe()
    {
        try
        {
            _ = CryptographicOperations.HashData(HashAlgorithmName.MD5, Array.Empty<byte>());
            return true;
        }
        catch (Exception exception) when (exception is CryptographicException or PlatformNotSupportedException)
        {
            return false;
        }
    }
}
