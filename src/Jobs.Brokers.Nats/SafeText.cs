using System.Buffers;
using System.Security.Cryptography;
using System.Text;

namespace Jobs.Brokers.Nats;

/// <summary>Text as a part of a subject, or as a message id: what may not stand there is hashed.</summary>
internal static class SafeText
{
    private const int Longest = 64;

    private static readonly SearchValues<char> Allowed = SearchValues.Create("ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789-_");

    /// <summary>The text itself if it is 1 to 64 letters, digits, <c>-</c> or <c>_</c>; else its SHA-256, which such a text cannot be taken for.</summary>
    public static string Of(string text) => text.Length is > 0 and <= Longest && !text.AsSpan().ContainsAnyExcept(Allowed)
        ? text
        : $"={Convert.ToHexStringLower(SHA256.HashData(Encoding.UTF8.GetBytes(text)))}";
}
