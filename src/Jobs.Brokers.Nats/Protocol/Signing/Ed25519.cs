using System.Security.Cryptography;

namespace Jobs.Brokers.Nats.Protocol.Signing;

/// <summary>Ed25519 signatures; no verification. No branch and no address depends on a secret.</summary>
/// <remarks>https://www.rfc-editor.org/rfc/rfc8032#section-5.1</remarks>
internal static class Ed25519
{
    private const int Half = 32;

    /// <param name="seed">The private key: 32 bytes.</param>
    public static byte[] PublicKey(ReadOnlySpan<byte> seed)
    {
        Span<byte> expanded = stackalloc byte[2 * Half];
        Expand(seed, expanded);
        var key = EdwardsPoint.MultiplyBase(expanded[..Half]).ToBytes();
        CryptographicOperations.ZeroMemory(expanded);
        return key;
    }

    /// <param name="seed">The private key: 32 bytes.</param>
    /// <param name="publicKey">What belongs to it.</param>
    /// <param name="message">What to sign.</param>
    /// <returns>64 bytes.</returns>
    public static byte[] Sign(ReadOnlySpan<byte> seed, ReadOnlySpan<byte> publicKey, ReadOnlySpan<byte> message)
    {
        Span<byte> expanded = stackalloc byte[2 * Half];
        Span<byte> hash = stackalloc byte[2 * Half];
        Expand(seed, expanded);
        using var sha = IncrementalHash.CreateHash(HashAlgorithmName.SHA512);

        sha.AppendData(expanded[Half..]);
        sha.AppendData(message);
        sha.GetHashAndReset(hash);
        var nonce = EdwardsScalar.Reduce(hash);
        var signature = new byte[2 * Half];
        EdwardsPoint.MultiplyBase(nonce.ToBytes()).ToBytes().CopyTo(signature, 0);

        sha.AppendData(signature.AsSpan(0, Half));
        sha.AppendData(publicKey);
        sha.AppendData(message);
        sha.GetHashAndReset(hash);
        EdwardsScalar.MultiplyAdd(EdwardsScalar.Reduce(hash), EdwardsScalar.Read(expanded[..Half]), nonce).ToBytes().CopyTo(signature, Half);

        CryptographicOperations.ZeroMemory(expanded);
        return signature;
    }

    private static void Expand(ReadOnlySpan<byte> seed, Span<byte> expanded)
    {
        SHA512.HashData(seed, expanded);
        expanded[0] &= 0xF8;
        expanded[31] = (byte)(expanded[31] & 0x7F | 0x40);
    }
}
