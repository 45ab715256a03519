using System.Buffers;
using System.Security.Cryptography;
using System.Text;
using Jobs.Brokers.Sqs.Protocol;

namespace Jobs.Brokers.Sqs.Sending;

/// <summary>Text as the id of a group, or as what duplicates are recognised by: what may not stand there is hashed.</summary>
internal static class SafeId
{
    private static readonly SearchValues<char> Allowed = SearchValues.Create(
        "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789!\"#$%&'()*+,-./:;<=>?@[\\]^_`{|}~");

    /// <summary>The text itself if SQS takes it; else its SHA-256.</summary>
    public static string Of(string text) => text.Length is > 0 and <= SqsLimits.MaxIdLength && !text.AsSpan().ContainsAnyExcept(Allowed)
        ? text
        : $"={Convert.ToHexStringLower(SHA256.HashData(Encoding.UTF8.GetBytes(text)))}";
}
